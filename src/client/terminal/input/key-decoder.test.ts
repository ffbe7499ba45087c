import { StringDecoder } from 'node:string_decoder';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { inputsOf, key } from '../../../../test/support/terminal-inputs.js';
import { maxSequenceLength } from './escape-sequence.js';
import { decodeInput, giveUpWaiting, initialDecoderState, waitingTimeMs } from './key-decoder.js';

/** Complete and truncated pieces of terminal input. */
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
  '\x1b[<64;10;5M',
  '\x1b[<0;1;1m',
  '\x1b[M',
  '\x1b[M`!!',
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
  test('returns the same inputs however the characters are cut into chunks', () => {
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

  test('no bytes cause an exception, a large buffer, or a control character in a text or name', () => {
    fc.assert(
      fc.property(fc.oneof(anySent, fc.uint8Array({ maxLength: 200 })), (sent) => {
        const characters =
          typeof sent === 'string' ? sent : new StringDecoder('utf8').write(Buffer.from(sent));
        const { state, inputs } = decodeInput(initialDecoderState, characters);
        expect(state.pending.length).toBeLessThanOrEqual(maxSequenceLength);
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
    return { wait: waitingTimeMs(state), inputs: giveUpWaiting(state).inputs };
  };

  test('a lone ESC is the Escape key', () => {
    expect(after('\x1b')).toEqual({ wait: 50, inputs: [key('escape')] });
    expect(after('\x1b\x1b')).toEqual({ wait: 50, inputs: [key('escape'), key('escape')] });
  });

  test('ESC and a character that could begin a sequence are a key under Alt', () => {
    expect(after('\x1b[')).toEqual({ wait: 50, inputs: [key('alt+[')] });
    expect(after('\x1bO').inputs).toEqual([key('alt+shift+o')]);
  });

  test('an incomplete reply gives no input', () => {
    expect(after('\x1b]11;rgb').inputs).toEqual([]);
  });

  test('a paste without its end marker ends after a timeout', () => {
    expect(after('\x1b[200~', 'half a paste\x1b[20')).toEqual({
      wait: 2000,
      inputs: [{ type: 'paste', text: 'half a paste\x1b[20' }],
    });
  });

  test('without unfinished input there is no timeout', () => {
    expect(after('text').wait).toBeUndefined();
  });
});

describe('mouse reports', () => {
  test.each([
    ['\x1b[<64;10;5M', 'wheel-up', 9, 4],
    ['\x1b[<65;300;120M', 'wheel-down', 299, 119],
    ['\x1b[<68;1;1M', 'wheel-up', 0, 0],
    ['\x1b[<0;3;4M', 'press', 2, 3],
    ['\x1b[<0;3;4m', 'release', 2, 3],
    ['\x1b[M`!!', 'wheel-up', 0, 0],
    ['\x1b[Ma*)', 'wheel-down', 9, 8],
    ['\x1b[M !!', 'press', 0, 0],
    ['\x1b[M#!!', 'release', 0, 0],
  ])('%j is the mouse', (sent, action, x, y) => {
    expect(inputsOf(sent)).toEqual([{ type: 'mouse', action, x, y }]);
  });

  test.each(['\x1b[<2;3;4M', '\x1b[<35;3;4M', '\x1b[<66;3;4M', '\x1b[<64;0;4M', '\x1b[<64;10M', '\x1b[<M'])(
    'the unused or malformed report %j has no effect',
    (sent) => expect(inputsOf(`${sent}a`)).toEqual([{ type: 'text', text: 'a' }]),
  );

  test('whatever a mouse report contains, none of it becomes text or a key', () => {
    const parameters = fc.stringMatching(/^[\d;:<=>?]{0,40}$/);
    const bytes = fc.stringMatching(/^[ -\xff]{3}$/);
    const reports = fc.oneof(
      fc.tuple(parameters, fc.constantFrom('M', 'm')).map(([body, final]) => `\x1b[<${body}${final}`),
      bytes.map((three) => `\x1b[M${three}`),
    );
    fc.assert(
      fc.property(fc.array(reports, { maxLength: 10 }), (sent) => {
        const types = inputsOf(sent.join('')).map(({ type }) => type);
        expect(types.filter((type) => type !== 'mouse')).toEqual([]);
      }),
    );
  });
});
