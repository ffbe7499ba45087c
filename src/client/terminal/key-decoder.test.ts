import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { StringDecoder } from 'node:string_decoder';
import { longestSequence } from './escape-sequence.js';
import { decodeInput, giveUpWaiting, initialDecoderState, waitingTime } from './key-decoder.js';
import { longestPaste } from './paste.js';
import type { TerminalInput } from './terminal-input.js';

/** The inputs of those chunks; adjoining texts as one, since a read may end within a text. */
function inputsOf(...chunks: readonly string[]): TerminalInput[] {
  let state = initialDecoderState;
  const inputs: TerminalInput[] = [];
  for (const chunk of chunks) {
    const decoded = decodeInput(state, chunk);
    state = decoded.state;
    for (const input of decoded.inputs) {
      const last = inputs.at(-1);
      if (input.type === 'text' && last?.type === 'text') {
        inputs[inputs.length - 1] = { type: 'text', text: last.text + input.text };
      } else {
        inputs.push(input);
      }
    }
  }
  return inputs;
}

const key = (name: string): TerminalInput => ({ type: 'key', key: name });
const text = (typed: string): TerminalInput => ({ type: 'text', text: typed });

/** Pieces of what terminals send, whole and cut off. */
const sentPieces = [
  '\x1b',
  '\x1b[',
  '\x1bO',
  '\x1b]',
  '\x1b_G',
  '\x1bP',
  '\x1b\\',
  '\x07',
  '[',
  'O',
  'A',
  '1',
  ';5',
  ':3',
  'u',
  '~',
  'R',
  '?',
  '$y',
  '\x1b[A',
  '\x1b[1;5D',
  '\x1b\x1b[B',
  '\x1b[118;5u',
  '\x1b[I',
  '\x1b[200~',
  '\x1b[201~',
  '\x1b[20',
  '\r',
  '\n',
  '\x00',
  '\x7f',
  '\x9b',
  'text',
  'é',
  '👍',
];
const anySent = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...sentPieces) }, anyText()), {
    maxLength: 25,
  })
  .map((pieces) => pieces.join(''));

describe('decodeInput', () => {
  test.each([
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5D', 'ctrl+left'],
    ['\x1b[1;2C', 'shift+right'],
    ['\x1b[1;7B', 'ctrl+alt+down'],
    ['\x1b\x1b[A', 'alt+up'],
    ['\x1b[H', 'home'],
    ['\x1bOF', 'end'],
    ['\x1b[1~', 'home'],
    ['\x1b[4~', 'end'],
    ['\x1b[7~', 'home'],
    ['\x1b[1;5H', 'ctrl+home'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[6;5~', 'ctrl+pagedown'],
    ['\x1b[2~', 'insert'],
    ['\x1b[3;5~', 'ctrl+delete'],
    ['\x1bOP', 'f1'],
    ['\x1b[11~', 'f1'],
    ['\x1b[[A', 'f1'],
    ['\x1b[15~', 'f5'],
    ['\x1b[24;2~', 'shift+f12'],
    ['\x1b[1;5R', 'ctrl+f3'],
    ['\x1bO5S', 'ctrl+f4'],
    ['\x1b[Z', 'shift+tab'],
    ['\t', 'tab'],
    ['\r', 'enter'],
    ['\n', 'ctrl+j'],
    ['\x7f', 'backspace'],
    ['\x08', 'backspace'],
    ['\x00', 'ctrl+space'],
    ['\x01', 'ctrl+a'],
    ['\x16', 'ctrl+v'],
    ['\x1a', 'ctrl+z'],
    ['\x1c', 'ctrl+\\'],
    ['\x1f', 'ctrl+_'],
    ['\x1b\r', 'alt+enter'],
    ['\x1b\x7f', 'alt+backspace'],
    ['\x1bb', 'alt+b'],
    ['\x1bB', 'alt+shift+b'],
    ['\x1bé', 'alt+é'],
    ['\x1b\x01', 'ctrl+alt+a'],
    ['\x1b ', 'alt+space'],
    ['\x1b[118;5u', 'ctrl+v'],
    ['\x1b[118;6u', 'ctrl+shift+v'],
    ['\x1b[13;2u', 'shift+enter'],
    ['\x1b[27u', 'escape'],
    ['\x1b[27;1:1u', 'escape'],
    ['\x1b[127;5u', 'ctrl+backspace'],
    ['\x1b[118;133u', 'ctrl+v'],
    ['\x1b[118;9u', 'super+v'],
    ['\x1b[47;5u', 'ctrl+_'],
    ['\x1b[45;6u', 'ctrl+_'],
    ['\x1b[105;5u', 'tab'],
    ['\x1b[106;5u', 'ctrl+j'],
    ['\x1b[57414u', 'enter'],
    ['\x1b[57417;5u', 'ctrl+left'],
    ['\x1b[1;1:2A', 'up'],
    ['\x1b[27;2;13~', 'shift+enter'],
    ['\x1b[27;5;118~', 'ctrl+v'],
    ['\x1b[27;6;86~', 'ctrl+shift+v'],
    ['\x1b[27;3;98~', 'alt+b'],
    ['\x1bOM', 'enter'],
  ])('%j is %s', (sent, name) => {
    expect(inputsOf(sent)).toEqual([key(name)]);
  });

  test.each([
    ['hello, wörld 👍', 'hello, wörld 👍'],
    ['\x1b[97u', 'a'],
    ['\x1b[97;2u', 'A'],
    ['\x1b[49:33;2u', '!'],
    ['\x1b[97;;97u', 'a'],
    ['\x1b[32;2u', ' '],
    ['\x1b[57400u', '1'],
    ['\x1bOp', '0'],
  ])('%j is the text %j', (sent, typed) => {
    expect(inputsOf(sent)).toEqual([text(typed)]);
  });

  test.each(['\x1b[97;1:3u', '\x1b[1;1:3A', '\x1b[<0;5;5M', '\x1b[57441u', '\x1b[201~', '\x1b[99~', '\x9b'])(
    '%j means nothing',
    (sent) => {
      expect(inputsOf(sent)).toEqual([]);
    },
  );

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

  test('focus is told', () => {
    expect(inputsOf('\x1b[I\x1b[O')).toEqual([
      { type: 'focus', focused: true },
      { type: 'focus', focused: false },
    ]);
  });

  test('a paste is one input, whatever is in it and wherever it is cut', () => {
    const paste: TerminalInput = { type: 'paste', text: 'a\nb\n\x1b[A\x03\n' };
    expect(inputsOf('x\x1b[200~a\r\nb\r\x1b[A\x03\n\x1b[201~y')).toEqual([text('x'), paste, text('y')]);
    expect(inputsOf('\x1b[20', '0~a\r', '\nb\n\x1b', '[A\x03\n\x1b[2', '01', '~')).toEqual([paste]);
    expect(inputsOf('\x1b[200~\x1b[201~')).toEqual([{ type: 'paste', text: '' }]);
  });

  test('a paste is bounded, and what follows it is decoded', () => {
    const inputs = inputsOf('\x1b[200~', 'x'.repeat(longestPaste), 'more', '\x1b[201~', '\r');
    expect(inputs.map((input) => (input.type === 'paste' ? input.text.length : input))).toEqual([
      longestPaste,
      key('enter'),
    ]);
  });

  test('Escape before another key is still Escape', () => {
    expect(inputsOf('\x1b\x1bx')).toEqual([key('escape'), key('alt+x')]);
    expect(inputsOf('\x1b\x1b[200~p\x1b[201~')).toEqual([key('escape'), { type: 'paste', text: 'p' }]);
    expect(inputsOf('\x1b\x1b[?1u')).toEqual([key('escape'), { type: 'reply', sequence: '\x1b[?1u' }]);
  });

  test('a control key gets out of a sequence that never ends', () => {
    expect(inputsOf('\x1b]0;abc\x03')).toEqual([key('ctrl+c')]);
    expect(inputsOf('\x1b[12\x03')).toEqual([key('ctrl+c')]);
  });

  test('an overlong sequence is skipped whole', () => {
    for (const [start, end] of [
      ['\x1b]', '\x07'],
      ['\x1b_G', '\x1b\\'],
      ['\x1b[', 'A'],
      ['\x1b\x1b[', 'A'],
    ] as const) {
      const sent = `${start}${'1'.repeat(longestSequence)}`;
      expect(inputsOf(sent, `${end}x`)).toEqual([text('x')]);
      expect(inputsOf(`${sent}${end}x`)).toEqual([text('x')]);
    }
  });

  test('how the characters are cut into chunks does not matter', () => {
    fc.assert(
      fc.property(anySent, fc.array(fc.nat(30), { maxLength: 30 }), (sent, cuts) => {
        const characters = Array.from(sent);
        const chunks: string[] = [];
        for (const cut of cuts) chunks.push(characters.splice(0, cut).join(''));
        expect(inputsOf(...chunks, characters.join(''))).toEqual(inputsOf(sent));
      }),
      { numRuns: 400 },
    );
  });

  test('no bytes make it throw, hold back much, or let a control character into a text or a name', () => {
    fc.assert(
      fc.property(fc.oneof(anySent, fc.uint8Array({ maxLength: 200 })), (sent) => {
        const characters =
          typeof sent === 'string' ? sent : new StringDecoder('utf8').write(Buffer.from(sent));
        const { state, inputs } = decodeInput(initialDecoderState, characters);
        expect(state.pending.length).toBeLessThanOrEqual(longestSequence);
        for (const input of [...inputs, ...giveUpWaiting(state).inputs]) {
          if (input.type === 'text') expect(input.text).toMatch(/^\P{Cc}+$/u);
          if (input.type === 'key') expect(input.key).toMatch(/^\P{Cc}+$/u);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('giveUpWaiting', () => {
  const after = (...chunks: readonly string[]) => {
    let state = initialDecoderState;
    for (const chunk of chunks) state = decodeInput(state, chunk).state;
    return { wait: waitingTime(state), inputs: giveUpWaiting(state).inputs };
  };

  test('a lone ESC was the Escape key', () => {
    expect(after('\x1b')).toEqual({ wait: 50, inputs: [key('escape')] });
    expect(after('\x1b\x1b')).toEqual({ wait: 50, inputs: [key('escape'), key('escape')] });
  });

  test('ESC and what could have begun a sequence was a key under Alt', () => {
    expect(after('\x1b[')).toEqual({ wait: 50, inputs: [key('alt+[')] });
    expect(after('\x1bO').inputs).toEqual([key('alt+shift+o')]);
  });

  test('half a reply is no input', () => {
    expect(after('\x1b]11;rgb').inputs).toEqual([]);
  });

  test('a paste without its end marker is not waited for forever', () => {
    expect(after('\x1b[200~', 'half a paste\x1b[20')).toEqual({
      wait: 2000,
      inputs: [{ type: 'paste', text: 'half a paste\x1b[20' }],
    });
  });

  test('nothing unfinished is not waited for', () => {
    expect(after('text').wait).toBeUndefined();
  });
});
