import { describe, expect, test } from '@jest/globals';
import { notification, clipboardSequence, maxCopiedBytes, titleSequence } from './control-strings.js';

describe('notification', () => {
  test('uses the sequence that the terminal supports, and both for an unknown terminal', () => {
    expect(notification('hi', { TERM_PROGRAM: 'iTerm.app' })).toBe('\x07\x1b]9;hi\x07');
    expect(notification('hi', { TERM: 'foot' })).toBe('\x07\x1b]777;notify;chat;hi\x07');
    expect(notification('hi', { TERM: 'xterm-256color' })).toBe(
      '\x07\x1b]9;hi\x07\x1b]777;notify;chat;hi\x07',
    );
  });

  test('passes through tmux, except for the bell', () => {
    expect(notification('hi', { TMUX: '/tmp/tmux', TERM_PROGRAM: 'WezTerm' })).toBe(
      '\x07\x1bPtmux;\x1b\x1b]9;hi\x07\x1b\\',
    );
  });

  test('contains no control character or field separator of the text and has a maximum length', () => {
    const sequence = notification(`4;3\x1b]52;c;aGk=\x07\x9c\n${'x'.repeat(1000)}`, { TERM: 'foot' });
    const body = sequence.slice('\x07\x1b]777;notify;chat;'.length, -1);
    expect(body).toMatch(/^4,3 x+…$/);
    expect(body.length).toBeLessThanOrEqual(160);
  });
});

test('a window title contains no control character', () => {
  expect(titleSequence('chat\x07\x1b]0;other\x07\x9c · 3 new')).toBe('\x1b]2;chat · 3 new\x07');
});

test('a text is sent as base64, in tmux also through it', () => {
  const sequence = '\x1b]52;c;aMOpCg==\x07';
  expect(clipboardSequence('hé\n', {})).toBe(sequence);
  expect(clipboardSequence('hé\n', { TMUX: '/tmp/tmux' })).toBe(`${sequence}\x1bPtmux;\x1b${sequence}\x1b\\`);
});

test('a text over the limit of terminals is not sent', () => {
  expect(clipboardSequence('a'.repeat(maxCopiedBytes), {})).toHaveLength(74_992 + 8);
  expect(clipboardSequence('a'.repeat(maxCopiedBytes + 1), {})).toBeUndefined();
});
