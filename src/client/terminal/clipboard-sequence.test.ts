import { expect, test } from '@jest/globals';
import { clipboardSequence, maxCopiedBytes } from './clipboard-sequence.js';

test('a text is sent as base64, in tmux also through it', () => {
  const sequence = '\x1b]52;c;aMOpCg==\x07';
  expect(clipboardSequence('hé\n', {})).toBe(sequence);
  expect(clipboardSequence('hé\n', { TMUX: '/tmp/tmux' })).toBe(`${sequence}\x1bPtmux;\x1b${sequence}\x1b\\`);
});

test('a text over the limit of terminals is not sent', () => {
  expect(clipboardSequence('a'.repeat(maxCopiedBytes), {})).toHaveLength(74_992 + 8);
  expect(clipboardSequence('a'.repeat(maxCopiedBytes + 1), {})).toBeUndefined();
});
