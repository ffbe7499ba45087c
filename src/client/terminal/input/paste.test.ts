import { expect, test } from '@jest/globals';
import { inputsOf, key, text } from '../../../../test/support/terminal-inputs.js';
import { maxPasteLength } from './paste.js';
import type { TerminalInput } from './terminal-input.js';

test('a paste is one input whatever it contains and wherever it is cut', () => {
  const paste: TerminalInput = { type: 'paste', text: 'a\nb\n\x1b[A\x03\n' };
  expect(inputsOf('x\x1b[200~a\r\nb\r\x1b[A\x03\n\x1b[201~y')).toEqual([text('x'), paste, text('y')]);
  expect(inputsOf('\x1b[20', '0~a\r', '\nb\n\x1b', '[A\x03\n\x1b[2', '01', '~')).toEqual([paste]);
  expect(inputsOf('\x1b[200~\x1b[201~')).toEqual([{ type: 'paste', text: '' }]);
});

test('a paste has a maximum length, and later input is decoded', () => {
  const inputs = inputsOf('\x1b[200~', 'x'.repeat(maxPasteLength), 'more', '\x1b[201~', '\r');
  expect(inputs.map((input) => (input.type === 'paste' ? input.text.length : input))).toEqual([
    maxPasteLength,
    key('enter'),
  ]);
});
