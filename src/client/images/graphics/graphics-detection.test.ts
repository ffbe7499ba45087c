import { describe, expect, test } from '@jest/globals';
import { detectGraphics, type DetectionOptions } from './graphics-detection.js';
import { createImageProcess } from '../process/image-process.js';
import { graphicsQuery } from './graphics-protocol.js';
import { readTmuxAnswer } from './tmux-graphics.js';

const kitty = ['\x1bP>|kitty(0.35.2)\x1b\\', '\x1b_Gi=31;OK\x1b\\', '\x1b[6;24;12t', '\x1b[?62;c'];
const sixel = ['\x1bP>|XTerm(379)\x1b\\', '\x1b[6;13;6t', '\x1b[?63;1;4;22c'];

function detection(options: Partial<DetectionOptions> = {}) {
  const asked: string[] = [];
  const chosen: string[] = [];
  let endTime = () => {
    // No limit was set.
  };
  const detected = detectGraphics({
    imageProcess: createImageProcess(),
    mode: 'auto',
    depth: 'truecolor',
    env: {},
    clock: {
      now: () => 0,
      monotonicMs: () => 0,
      after(_, task) {
        endTime = task;
        return () => undefined;
      },
    },
    random: () => 0,
    ask: (query) => asked.push(query),
    screenSize: () => ({ columns: 100, rows: 32 }),
    askTmux: () => Promise.reject(new Error('there is no tmux here')),
    onChange: () => chosen.push(detected.graphics.protocol),
    ...options,
  });
  return { detected, asked, chosen, endTime: () => endTime() };
}

describe('detectGraphics', () => {
  test('starts with half blocks and switches after the last reply', () => {
    const { detected, asked, chosen } = detection();
    expect(asked).toEqual([graphicsQuery]);
    expect(detected.graphics.protocol).toBe('blocks');
    for (const reply of kitty) {
      expect(chosen).toEqual([]);
      detected.take(reply);
    }
    expect(chosen).toEqual(['kitty']);
    expect(detected.graphics.scale).toEqual({ cellRatio: 2, columnPixels: 12 });
  });

  test('reports no change if the result is the same', () => {
    const { detected, chosen } = detection();
    const before = detected.graphics;
    detected.take('\x1b[?62;c');
    expect(detected.graphics).toBe(before);
    expect(chosen).toEqual([]);
  });

  test('ignores replies after the timeout', () => {
    const { detected, chosen, endTime } = detection();
    endTime();
    for (const reply of kitty) detected.take(reply);
    expect(chosen).toEqual([]);
  });

  test("applies the user's choice at once, and auto returns to the detected protocol", () => {
    const { detected, chosen } = detection();
    for (const reply of sixel) detected.take(reply);
    detected.choose('off');
    expect(detected.graphics.renderer).toBeUndefined();
    detected.choose('kitty');
    detected.choose('auto');
    expect(chosen).toEqual(['sixel', 'off', 'kitty', 'sixel']);
  });

  test('shows captions without colours unless the user names a protocol', () => {
    expect(detection({ depth: 'none' }).detected.graphics.protocol).toBe('off');
    expect(detection({ depth: 'none', mode: 'sixel' }).detected.graphics.protocol).toBe('sixel');
  });
});

describe('detectGraphics inside tmux', () => {
  const env = { TMUX: '/tmp/tmux-1/default,1,0' };
  // tmux reports sixel in every terminal.
  const tmuxReplies = ['\x1bP>|tmux 3.5a\x1b\\', '\x1b[6;20;10t', '\x1b[?1;2;4c'];

  test.each([
    ['1|kitty(0.35.2)|bpaste,title', 'kitty'],
    ['on|ghostty 1.2.0|bpaste', 'kitty'],
    ['0|kitty(0.35.2)|bpaste', 'blocks'],
    ['1|kitty(0.26.5)|bpaste', 'blocks'],
    ['1|XTerm(379)|bpaste,title', 'blocks'],
    ['off|XTerm(398)|256,bpaste,sixel,title', 'sixel'],
    ['on|foot(1.21.0)|sixel', 'sixel'],
    ['off|Konsole 25.04.2|sixel', 'blocks'],
    ['1||', 'blocks'],
    ['', 'blocks'],
  ])('with the answer %j images are shown by %s', async (answer, protocol) => {
    const { detected } = detection({ env, askTmux: () => Promise.resolve(readTmuxAnswer(answer)) });
    for (const reply of tmuxReplies) detected.take(reply);
    await Promise.resolve();
    await Promise.resolve();
    expect(detected.graphics.protocol).toBe(protocol);
  });

  test('sixel is not used before tmux reports that its terminal supports it', () => {
    const { detected } = detection({ env, askTmux: () => new Promise(() => undefined) });
    for (const reply of tmuxReplies) detected.take(reply);
    expect(detected.graphics.protocol).toBe('blocks');
  });
});
