import { describe, expect, test } from '@jest/globals';
import { inputsOf, key, text } from '../../../../test/support/terminal-inputs.js';
import { endBurst, gatherBurst, holdTimeMs, initialBurstState, wheelOfArrows } from './burst.js';
import type { TerminalInput } from './terminal-input.js';

/** The inputs passed on for reads, each some milliseconds after the last. */
function gather(...reads: readonly (readonly [pauseMs: number, bytes: string])[]): TerminalInput[] {
  let state = initialBurstState;
  let at = 1000;
  const inputs: TerminalInput[] = [];
  for (const [pauseMs, bytes] of reads) {
    at += pauseMs;
    if (pauseMs >= (holdTimeMs(state) ?? Infinity)) {
      const ended = endBurst(state);
      inputs.push(...ended.inputs);
      state = ended.state;
    }
    const gathered = gatherBurst(state, inputsOf(bytes), at);
    inputs.push(...gathered.inputs);
    state = gathered.state;
  }
  return [...inputs, ...endBurst(state).inputs];
}

function withoutKeys(inputs: readonly TerminalInput[]): TerminalInput[] {
  return inputs.map((input) => (input.type === 'paste' ? { type: 'paste', text: input.text } : input));
}

const paste = (pasted: string): TerminalInput => ({ type: 'paste', text: pasted });
const enter = key('enter');

describe('several lines in a burst', () => {
  test.each([
    ['one\rtwo', 'one\ntwo'],
    ['one\rtwo\r', 'one\ntwo\n'],
    ['one\r\ntwo\r\n', 'one\ntwo\n'],
    ['one\r\rtwo', 'one\n\ntwo'],
    ['\rone', '\none'],
    ['\tone\r\ttwo\r', '\tone\n\ttwo\n'],
  ])('in one read %j are a paste', (sent, pasted) => {
    expect(withoutKeys(gather([0, sent]))).toEqual([paste(pasted)]);
  });

  test.each([
    [['one\r', 'two\r'], [paste('one\ntwo\n')]],
    [['one\rtw', 'o\rthree\r'], [paste('one\ntwo\nthree\n')]],
    [
      ['one', '\rtwo\r'],
      [text('one'), paste('\ntwo\n')],
    ],
    [
      ['one', '\r', 'two\r'],
      [text('one'), paste('\ntwo\n')],
    ],
    [['one\r', '\r', 'two\r'], [paste('one\n\ntwo\n')]],
  ])('in several reads %j are one paste', (reads, expected) => {
    const timed = reads.map((bytes, index) => [index === 0 ? 0 : 4, bytes] as const);
    expect(withoutKeys(gather(...timed))).toEqual(expected);
  });

  test('are held back longer once they are a paste', () => {
    expect(withoutKeys(gather([0, 'one\rtwo\r'], [25, 'three\r']))).toEqual([paste('one\ntwo\nthree\n')]);
  });

  test('keep their keys, for a form', () => {
    const typed = [text('one'), enter, text('two'), enter];
    expect(gather([0, 'one\rtwo\r'])).toEqual([{ type: 'paste', text: 'one\ntwo\n', typed }]);
  });

  test('are a paste even with a reply of the terminal in between', () => {
    expect(withoutKeys(gather([0, 'one\r'], [2, '\x1b[?62;c'], [2, 'two\r']))).toEqual([
      { type: 'reply', sequence: '\x1b[?62;c' },
      paste('one\ntwo\n'),
    ]);
  });

  test('are passed on in parts if they are very long', () => {
    const inputs = gather(...Array.from({ length: 10 }, () => [1, `${'x'.repeat(65_536)}\r`] as const));
    expect(inputs.length).toBeGreaterThan(1);
    expect(inputs.map((input) => (input.type === 'paste' ? input.text : '')).join('')).toHaveLength(655_370);
  });
});

describe('one line and Enter in a burst', () => {
  test.each([
    ['typed by a tool in one write', [[0, 'hello\r']]],
    [
      'in two writes',
      [
        [0, 'hello'],
        [3, '\r'],
      ],
    ],
    [
      'typed by hand',
      [
        [0, 'hello'],
        [200, '\r'],
      ],
    ],
    ['with CR and LF', [[0, 'hello\r\n']]],
    [
      'with CR and LF in two writes',
      [
        [0, 'hello\r'],
        [3, '\n'],
      ],
    ],
  ] as const)('%s send', (_, reads) => {
    expect(gather(...reads)).toEqual([text('hello'), enter]);
  });

  test('from a tool that pauses in between send each line', () => {
    expect(gather([0, 'one\r'], [12, 'two\r'])).toEqual([text('one'), enter, text('two'), enter]);
  });

  test('after another key are not a paste', () => {
    expect(gather([0, '\x15hello\r'])).toEqual([key('ctrl+u'), text('hello'), enter]);
    expect(gather([0, 'an\t\r'])).toEqual([text('an'), key('tab'), enter]);
    expect(gather([0, 'one\r\x1b[Atwo'])).toEqual([text('one'), enter, key('up'), text('two')]);
  });

  test('with a Ctrl+J in the line send', () => {
    expect(gather([0, 'one\ntwo\r'])).toEqual([text('one'), key('ctrl+j'), text('two'), enter]);
  });
});

test('typed input is passed on at once, including Enter', () => {
  const typed = gatherBurst(initialBurstState, [text('a')], 1000);
  expect([typed.inputs, holdTimeMs(typed.state)]).toEqual([[text('a')], undefined]);
  const entered = gatherBurst(typed.state, [enter], 1100);
  expect([entered.inputs, holdTimeMs(entered.state)]).toEqual([[enter], undefined]);
});

test('an Enter is held back only for a short time', () => {
  const held = gatherBurst(initialBurstState, [text('a'), enter], 1000);
  expect([held.inputs, holdTimeMs(held.state)]).toEqual([[], 10]);
});

describe('wheelOfArrows', () => {
  const notch = (action: 'wheel-up' | 'wheel-down'): TerminalInput => ({ type: 'mouse', action, x: 0, y: 0 });
  const [up, down] = ['\x1b[A', '\x1b[B'];

  test.each([
    [up.repeat(3), [notch('wheel-up')]],
    [down.repeat(5), [notch('wheel-down'), notch('wheel-down')]],
  ])('%j at once are the wheel', (sent, expected) => {
    expect(wheelOfArrows(inputsOf(sent))).toEqual(expected);
  });

  test.each([
    up,
    up.repeat(2),
    up + up + down,
    `${up.repeat(3)}a`,
    '\x1b[C'.repeat(3),
    '\x1b[1;2A'.repeat(3),
    'aaa',
  ])('%j at once are keys', (sent) => {
    const inputs = inputsOf(sent);
    expect(wheelOfArrows(inputs)).toBe(inputs);
  });
});
