import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { pngSize } from '../../src/shared/png.js';
import { temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import {
  answersOf,
  startGraphicsTerminal,
  type FakeKind,
  type GraphicsTerminal,
} from './graphics-terminal.js';
import { say, sayImage } from './joined.js';
import { isGivenBack } from './terminal-program.js';

const password = { CHAT_PASSWORD: 'qwerty' };
const placeholder = '\u{10eeee}';

/** A picture of 20 columns and 6 rows, of 10×20 pixels each. */
function picture(): Promise<Buffer> {
  const background = { r: 200, g: 40, b: 40 };
  return sharp({ create: { width: 200, height: 120, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A room with one picture in it, and somebody looking at it. */
async function watching(kind: FakeKind, flags: readonly string[] = []) {
  const { address } = await startTestServer();
  await sayImage(address, 'user2', await picture());
  const terminal = startGraphicsTerminal(kind, ['connect', address, '--user', 'user1', ...flags], {
    env: { ...password, XDG_RUNTIME_DIR: temporaryFolder() },
  });
  await terminal.until((text) => text.includes('image 1 · 200×120'));
  return { terminal, say: (text: string) => say(address, 'user2', text), address };
}

/** The row of the caption of a picture, from 0. */
function captionRow(terminal: GraphicsTerminal, number = 1): number {
  return terminal.screen().findIndex((row) => row.includes(`image ${number} ·`));
}

/** Where the only picture should be, as its caption stands below it. */
function belowIsCaption(terminal: GraphicsTerminal): boolean {
  const [picture, ...others] = terminal.pictures();
  return others.length === 0 && picture !== undefined && picture.y + picture.rows === captionRow(terminal);
}

/** No text stands in the cells of a picture. */
function coversNothing(terminal: GraphicsTerminal): boolean {
  const rows = terminal.screen();
  return terminal
    .pictures()
    .every(({ x, y, columns, rows: height }) =>
      rows.slice(y, y + height).every((row) => row.slice(x, x + columns).trim() === ''),
    );
}

test.each(Object.entries(answersOf))("%s's answers are not taken for typing", async (kind, answers) => {
  expect(answers).not.toBe('');
  const { terminal } = await watching(kind as FakeKind);
  terminal.write('hello');
  await terminal.until((text) => text.includes('│ hello '));
});

describe('kitty', () => {
  /** The kitty picture numbers of the cells on the screen. */
  const numbersOnScreen = (terminal: GraphicsTerminal): Set<number> => {
    const numbers = new Set<number>();
    const { active } = terminal.emulator.buffer;
    for (let row = 0; row < terminal.emulator.rows; row++) {
      for (let column = 0; column < terminal.emulator.cols; column++) {
        const shown = active.getLine(row)?.getCell(column);
        if (shown?.getChars().startsWith(placeholder)) numbers.add(shown.getFgColor());
      }
    }
    return numbers;
  };

  test('a picture is stored once, before its cells, and its cells fill its place', async () => {
    const { terminal, say } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    await say('and a text');
    await terminal.until((text) => text.includes('and a text'));
    const stored = [...terminal.stored()];
    expect(stored).toHaveLength(1);
    const [[id, { columns, rows, png, end }]] = stored as [(typeof stored)[0]];
    expect({ columns, rows, size: pngSize(png) }).toEqual({
      columns: 20,
      rows: 6,
      size: { width: 200, height: 120 },
    });
    expect(terminal.raw().indexOf(placeholder)).toBeGreaterThan(end);
    expect(terminal.raw().match(/a=T/g)).toHaveLength(1);
    expect(numbersOnScreen(terminal)).toEqual(new Set([id & 0xff]));
    const withCells = terminal.screen().filter((row) => row.includes(placeholder));
    expect(withCells).toHaveLength(6);
    for (const row of withCells) expect(row.split(placeholder)).toHaveLength(21);
  });

  test('part of a picture scrolls into view without being stored again', async () => {
    const { terminal, say } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    await say(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n'));
    await terminal.until((text) => text.split('\n').filter((row) => row.includes(placeholder)).length === 4);
    expect(terminal.raw().match(/a=T/g)).toHaveLength(1);
  });

  test('Ctrl+L stores it again, leaving deletes it', async () => {
    const { terminal } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    terminal.write('\f');
    await terminal.until(() => terminal.raw().match(/a=T/g)?.length === 2);
    terminal.write('\u0004');
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.stored().size).toBe(0);
    expect(isGivenBack(terminal)).toBe(true);
  });

  test.each(['SIGTERM', 'SIGHUP'])('%s deletes it too', async (signal) => {
    const { terminal } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    terminal.kill(signal);
    await terminal.exitCode;
    expect(terminal.stored().size).toBe(0);
  });

  test('/images shows it in another way at once and frees what was stored', async () => {
    const { terminal } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    terminal.write('/images blocks\r');
    await terminal.until((text) => text.includes('▄') && !text.includes(placeholder));
    expect(terminal.stored().size).toBe(0);
    terminal.write('/images off\r');
    await terminal.until((text) => !text.includes('▄') && text.includes('image 1 ·'));
    terminal.write('/images auto\r');
    await terminal.until((text) => text.includes(placeholder));
    expect(terminal.stored().size).toBe(1);
  });
});

describe.each(['iterm2', 'sixel'] as const)('%s', (kind) => {
  const drawn = async () => {
    const watched = await watching(kind);
    await watched.terminal.until(() => belowIsCaption(watched.terminal));
    return watched;
  };

  test('a picture is drawn in its place, above its caption, over nothing', async () => {
    const { terminal } = await drawn();
    expect(terminal.pictures()).toEqual([{ x: 15, y: captionRow(terminal) - 6, columns: 20, rows: 6 }]);
    expect(coversNothing(terminal)).toBe(true);
    expect(terminal.text()).not.toContain('▄');
  });

  test('a key press draws nothing again', async () => {
    const { terminal } = await drawn();
    const before = terminal.raw().length;
    terminal.write('x');
    await terminal.until((text) => text.includes('│ x '));
    expect(terminal.raw().length - before).toBeLessThan(200);
  });

  test('when the list moves the picture moves, and nothing is left behind', async () => {
    const { terminal, say } = await drawn();
    const before = captionRow(terminal);
    await say('one\ntwo\nthree');
    await terminal.until((text) => text.includes('three') && belowIsCaption(terminal));
    expect(captionRow(terminal)).toBe(before - 3);
    expect(coversNothing(terminal)).toBe(true);
  });

  test('partly out of view it is not drawn, and scrolled back it is', async () => {
    const { terminal, say } = await drawn();
    await say(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n'));
    await terminal.until((text) => text.includes('line 29') && text.includes('image 1 ·'));
    expect(terminal.pictures()).toEqual([]);
    terminal.write('\u001b[5~');
    await terminal.until((text) => text.includes('scrolled up') && belowIsCaption(terminal));
    expect(coversNothing(terminal)).toBe(true);
  });

  test('the help covers it, and closing the help brings it back', async () => {
    const { terminal } = await drawn();
    terminal.write('\u001bOP');
    await terminal.until((text) => text.includes('Ctrl+J'));
    expect(terminal.pictures()).toEqual([]);
    terminal.write('\u001b');
    await terminal.until((text) => !text.includes('Ctrl+J') && belowIsCaption(terminal));
  });

  test('a resize draws it anew where it belongs', async () => {
    const { terminal } = await drawn();
    terminal.resize(60, 30);
    await terminal.until((text) => text.split('\n').length === 30 && belowIsCaption(terminal));
    expect(captionRow(terminal)).toBeLessThan(30);
    expect(coversNothing(terminal)).toBe(true);
  });

  test('Ctrl+L draws it again', async () => {
    const { terminal } = await drawn();
    const before = terminal.raw().length;
    terminal.write('\f');
    await terminal.until(() => /\x1bP[\d;]*q|\x1b\]1337/.test(terminal.raw().slice(before)));
    await terminal.until(() => belowIsCaption(terminal));
  });

  test('leaving takes it off the screen', async () => {
    const { terminal } = await drawn();
    terminal.write('\u0004');
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.pictures()).toEqual([]);
    expect(terminal.raw().indexOf('\u001b[2J')).toBeLessThan(terminal.raw().lastIndexOf('\u001b[?1049l'));
    expect(isGivenBack(terminal)).toBe(true);
  });
});

test('--images names the protocol: no question is waited for', async () => {
  const { address } = await startTestServer();
  await sayImage(address, 'user2', await picture());
  const terminal = startGraphicsTerminal(
    'sixel',
    ['connect', address, '--user', 'user1', '--images', 'kitty'],
    {
      env: password,
    },
  );
  await terminal.until((text) => text.includes(placeholder));
});
