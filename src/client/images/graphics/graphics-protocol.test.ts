import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  cellPixelsOf,
  chooseProtocol,
  graphicsQuery,
  imageModes,
  noReplies,
  readGraphicsReply,
  type GraphicsReplies,
} from './graphics-protocol.js';

function after(...replies: string[]): GraphicsReplies {
  return replies.reduce(readGraphicsReply, noReplies);
}

const kittyOk = '\x1b_Gi=31;OK\x1b\\';
const cell = '\x1b[6;20;10t';
const kitty = [`\x1bP>|kitty(0.35.2)\x1b\\`, kittyOk, cell, '\x1b[?62;c'];
const ghostty = ['\x1bP>|ghostty 1.2.0\x1b\\', kittyOk, cell, '\x1b[?62;22c'];
const wezterm = ['\x1bP>|WezTerm 20240203-110809\x1b\\', kittyOk, cell, '\x1b[?65;4;6;18;22c'];
const foot = ['\x1bP>|foot(1.16.2)\x1b\\', cell, '\x1b[?62;4;22c'];
const xterm = ['\x1bP>|XTerm(379)\x1b\\', '\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c'];
const konsole = ['\x1bP>|Konsole 23.08\x1b\\', kittyOk, '\x1b[?62;1;4c'];

test('replies accumulate until the last one arrives', () => {
  expect(after(...kitty)).toEqual({
    kitty: true,
    sixel: false,
    name: 'kitty(0.35.2)',
    cellPixels: { width: 10, height: 20 },
    sixelArea: undefined,
    complete: true,
  });
  expect(after(...foot)).toMatchObject({ kitty: false, sixel: true, complete: true });
  expect(after(...foot.slice(0, -1)).complete).toBe(false);
});

test('a reply of iTerm2 without a number is recognised', () => {
  expect(after('\x1b_G;OK\x1b\\').kitty).toBe(true);
});

test('an error reply, an implausible cell size and other sequences change nothing', () => {
  const foreign = ['\x1b_Gi=31;EINVAL:no\x1b\\', '\x1b[6;0;0t', '\x1b[6;9999;10t', '\x1b[?1u', '\x1b[I', ''];
  for (const sequence of foreign) expect(after(sequence)).toEqual(noReplies);
  fc.assert(
    fc.property(fc.string(), (sequence) => expect(readGraphicsReply(noReplies, sequence)).toEqual(noReplies)),
  );
});

describe('cellPixelsOf', () => {
  const screen = { columns: 100, rows: 32 };
  const area = (size: string) => after(`\x1b[?2;0;${size}S`);

  test('returns the reported size', () => {
    expect(cellPixelsOf(after('\x1b[?2;0;900;608S', cell), screen)).toEqual({ width: 10, height: 20 });
  });

  test('computes the size from the sixel area if that is the screen, as in xterm without window operations', () => {
    expect(cellPixelsOf(area('900;608'), screen)).toEqual({ width: 9, height: 19 });
  });

  test.each(['1000;1000', '1000;608', '905;608', '900;600', '100;32', '0;0'])(
    'is not guessed from an area of %s pixels',
    (size) => expect(cellPixelsOf(area(size), screen)).toBeUndefined(),
  );

  test('returns undefined without replies', () => expect(cellPixelsOf(noReplies, screen)).toBeUndefined());
});

test('the query that every terminal answers comes last', () => {
  expect(graphicsQuery.endsWith('\x1b[c')).toBe(true);
});

describe('chooseProtocol with auto', () => {
  test.each([
    ['kitty', kitty, {}, 'kitty'],
    ['Ghostty', ghostty, {}, 'kitty'],
    [
      'an old kitty, without placeholders',
      ['\x1bP>|kitty(0.26.5)\x1b\\', kittyOk, '\x1b[?62;c'],
      {},
      'blocks',
    ],
    ['kitty 1.0', ['\x1bP>|kitty(1.0.1)\x1b\\', kittyOk, '\x1b[?62;c'], {}, 'kitty'],
    ['WezTerm', wezterm, {}, 'iterm2'],
    ['iTerm2', ['\x1b_G;OK\x1b\\', '\x1b[?1;2c'], { TERM_PROGRAM: 'iTerm.app' }, 'iterm2'],
    ['iTerm2 over SSH', ['\x1b[?1;2c'], { LC_TERMINAL: 'iTerm2' }, 'iterm2'],
    [
      'iTerm2 around tmux',
      ['\x1b[?1;2c'],
      { LC_TERMINAL: 'iTerm2', TMUX: '/tmp/tmux-1/default,1,0' },
      'blocks',
    ],
    ['foot', foot, {}, 'sixel'],
    ['a terminal with sixel that does not tell its cells', ['\x1b[?62;1;4c'], {}, 'blocks'],
    [
      'Konsole, which keeps images under text',
      [...konsole.slice(0, -1), cell, ...konsole.slice(-1)],
      {},
      'blocks',
    ],
    ['xterm', xterm, {}, 'blocks'],
    ['a terminal that never answers', [], {}, 'blocks'],
  ] as const)('in %s', (_, replies, env, protocol) => {
    expect(chooseProtocol('auto', 'truecolor', after(...replies), env)).toBe(protocol);
  });

  test('without colours images are captions', () => {
    expect(chooseProtocol('auto', 'none', after(...kitty), {})).toBe('off');
    expect(chooseProtocol('blocks', 'none', noReplies, {})).toBe('off');
  });
});

test('chooseProtocol returns the protocol that the user names', () => {
  for (const mode of imageModes) {
    if (mode !== 'auto') expect(chooseProtocol(mode, '256', noReplies, {})).toBe(mode);
  }
  expect(chooseProtocol('kitty', 'none', noReplies, {})).toBe('kitty');
});
