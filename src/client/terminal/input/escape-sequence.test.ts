import { expect, test } from '@jest/globals';
import { inputsOf, key, text } from '../../../../test/support/terminal-inputs.js';
import { maxSequenceLength } from './escape-sequence.js';

test.each([
  '\x1b[?62;4;22c',
  '\x1b[>1;4000;24c',
  '\x1b[12;40R',
  '\x1b[1;80R',
  '\x1b[6;20;10t',
  '\x1b[?2026;2$y',
  '\x1b[?1u',
  '\x1b[0n',
  '\x1b_Gi=31;OK\x1b\\',
  '\x1b_GOK\x1b\\',
  '\x1b]11;rgb:ffff/ffff/ffff\x07',
  '\x1b]11;rgb:0/0/0\x1b\\',
  '\x1bP>|kitty(0.35)\x1b\\',
])('%j is a reply, never text', (sent) => {
  expect(inputsOf(sent)).toEqual([{ type: 'reply', sequence: sent }]);
});

test('focus reports become focus inputs', () => {
  expect(inputsOf('\x1b[I\x1b[O')).toEqual([
    { type: 'focus', focused: true },
    { type: 'focus', focused: false },
  ]);
});

test('Escape before another key stays Escape', () => {
  expect(inputsOf('\x1b\x1bx')).toEqual([key('escape'), key('alt+x')]);
  expect(inputsOf('\x1b\x1b[200~p\x1b[201~')).toEqual([key('escape'), { type: 'paste', text: 'p' }]);
  expect(inputsOf('\x1b\x1b[?1u')).toEqual([key('escape'), { type: 'reply', sequence: '\x1b[?1u' }]);
});

test('a control key aborts an unterminated sequence', () => {
  expect(inputsOf('\x1b]0;abc\x03')).toEqual([key('ctrl+c')]);
  expect(inputsOf('\x1b[12\x03')).toEqual([key('ctrl+c')]);
});

test('an overlong sequence is skipped completely', () => {
  for (const [start, end] of [
    ['\x1b]', '\x07'],
    ['\x1b_G', '\x1b\\'],
    ['\x1b[', 'A'],
    ['\x1b\x1b[', 'A'],
  ] as const) {
    const sent = `${start}${'1'.repeat(maxSequenceLength)}`;
    expect(inputsOf(sent, `${end}x`)).toEqual([text('x')]);
    expect(inputsOf(`${sent}${end}x`)).toEqual([text('x')]);
  }
});
