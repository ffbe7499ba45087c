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

/** 20 columns and 6 rows of 10×20 pixels. */
function image(): Promise<Buffer> {
  const background = { r: 200, g: 40, b: 40 };
  return sharp({ create: { width: 200, height: 120, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A client in a room with one image. */
async function watching(kind: FakeKind, flags: readonly string[] = []) {
  const { address } = await startTestServer();
  await sayImage(address, 'user2', await image());
  const terminal = startGraphicsTerminal(kind, ['connect', address, '--user', 'user1', ...flags], {
    env: { ...password, XDG_RUNTIME_DIR: temporaryFolder() },
  });
  await terminal.until((text) => text.includes('image 1 · 200×120'));
  return { terminal, say: (text: string) => say(address, 'user2', text), address };
}

/** From 0. */
function captionRow(terminal: GraphicsTerminal, number = 1): number {
  return terminal.screen().findIndex((row) => row.includes(`image ${number} ·`));
}

/** Whether the only image is directly above its caption. */
function belowIsCaption(terminal: GraphicsTerminal): boolean {
  const [image, ...others] = terminal.images();
  return others.length === 0 && image !== undefined && image.y + image.rows === captionRow(terminal);
}

/** Whether no text is in the cells of an image. */
function coversNothing(terminal: GraphicsTerminal): boolean {
  const rows = terminal.screen();
  return terminal
    .images()
    .every(({ x, y, columns, rows: height }) =>
      rows.slice(y, y + height).every((row) => row.slice(x, x + columns).trim() === ''),
    );
}

test.each(Object.entries(answersOf))(
  'the replies of %s are not read as typed text',
  async (kind, answers) => {
    expect(answers).not.toBe('');
    const { terminal } = await watching(kind as FakeKind);
    terminal.write('hello');
    await terminal.until((text) => text.includes('│ hello '));
  },
);

describe('kitty', () => {
  /** The kitty image numbers of the cells on the screen. */
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

  test('an image is uploaded once before its cells, which fill its place', async () => {
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

  test('a part of an image scrolls into view without another upload', async () => {
    const { terminal, say } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    await say(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n'));
    await terminal.until((text) => text.split('\n').filter((row) => row.includes(placeholder)).length === 4);
    expect(terminal.raw().match(/a=T/g)).toHaveLength(1);
  });

  test('Ctrl+L uploads the image again, exit deletes it', async () => {
    const { terminal } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    terminal.write('\f');
    await terminal.until(() => terminal.raw().match(/a=T/g)?.length === 2);
    terminal.write('\u0004');
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.stored().size).toBe(0);
    expect(isGivenBack(terminal)).toBe(true);
  });

  test.each(['SIGTERM', 'SIGHUP'])('%s deletes the image', async (signal) => {
    const { terminal } = await watching('kitty');
    await terminal.until((text) => text.includes(placeholder));
    terminal.kill(signal);
    await terminal.exitCode;
    expect(terminal.stored().size).toBe(0);
  });

  test('/images switches the protocol at once and deletes the upload', async () => {
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

  test('an image is drawn in its place above its caption and covers no text', async () => {
    const { terminal } = await drawn();
    expect(terminal.images()).toEqual([{ x: 15, y: captionRow(terminal) - 6, columns: 20, rows: 6 }]);
    expect(coversNothing(terminal)).toBe(true);
    expect(terminal.text()).not.toContain('▄');
    expect(terminal.raw()).toContain('decoding…');
    expect(terminal.text()).not.toContain('decoding…');
  });

  test('a key press does not draw the image again', async () => {
    const { terminal } = await drawn();
    const before = terminal.raw().length;
    terminal.write('x');
    await terminal.until((text) => text.includes('│ x '));
    expect(terminal.raw().length - before).toBeLessThan(200);
  });

  test('the image moves with the list and leaves nothing behind', async () => {
    const { terminal, say } = await drawn();
    const before = captionRow(terminal);
    await say('one\ntwo\nthree');
    await terminal.until((text) => text.includes('three') && belowIsCaption(terminal));
    expect(captionRow(terminal)).toBe(before - 3);
    expect(coversNothing(terminal)).toBe(true);
  });

  test('of an image partly out of view the rows in view are drawn', async () => {
    const { terminal, say } = await drawn();
    await say(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n'));
    await terminal.until((text) => text.includes('line 29') && belowIsCaption(terminal));
    expect(terminal.images()).toMatchObject([{ y: 1, columns: 20, rows: 4 }]);
    expect(coversNothing(terminal)).toBe(true);
    // A notch of the wheel: the whole image comes into view.
    terminal.write('\u001b[<64;1;1M');
    await terminal.until((text) => text.includes('scrolled up') && belowIsCaption(terminal));
    expect(terminal.images()).toMatchObject([{ columns: 20, rows: 6 }]);
  });

  test('of an image at the lower edge the rows in view are drawn', async () => {
    const { address } = await startTestServer();
    await say(address, 'user2', Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'));
    await sayImage(address, 'user2', await image());
    const terminal = startGraphicsTerminal(kind, ['connect', address, '--user', 'user1'], {
      env: { ...password, XDG_RUNTIME_DIR: temporaryFolder() },
    });
    await terminal.until((text) => text.includes('image 2 · 200×120') && terminal.images()[0]?.rows === 6);
    terminal.write('\u001b[<64;1;1M');
    await terminal.until((text) => text.includes('scrolled up') && terminal.images()[0]?.rows === 4);
    expect(terminal.images()).toHaveLength(1);
    expect(coversNothing(terminal)).toBe(true);
  });

  test('the help covers the image, and closing the help shows it again', async () => {
    const { terminal } = await drawn();
    terminal.write('\u001bOP');
    await terminal.until((text) => text.includes('Esc close'));
    expect(terminal.images()).toEqual([]);
    terminal.write('\u001b');
    await terminal.until((text) => !text.includes('Esc close') && belowIsCaption(terminal));
  });

  test('a resize draws the image again in its new place', async () => {
    const { terminal } = await drawn();
    terminal.resize(60, 30);
    await terminal.until((text) => text.split('\n').length === 30 && belowIsCaption(terminal));
    expect(captionRow(terminal)).toBeLessThan(30);
    expect(coversNothing(terminal)).toBe(true);
  });

  test('Ctrl+L draws the image again', async () => {
    const { terminal } = await drawn();
    const before = terminal.raw().length;
    terminal.write('\f');
    await terminal.until(() => /\x1bP[\d;]*q|\x1b\]1337/.test(terminal.raw().slice(before)));
    await terminal.until(() => belowIsCaption(terminal));
  });

  test('exit removes the image from the screen', async () => {
    const { terminal } = await drawn();
    terminal.write('\u0004');
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.images()).toEqual([]);
    expect(terminal.raw().indexOf('\u001b[2J')).toBeLessThan(terminal.raw().lastIndexOf('\u001b[?1049l'));
    expect(isGivenBack(terminal)).toBe(true);
  });
});

test('--images sets the protocol without waiting for replies', async () => {
  const { address } = await startTestServer();
  await sayImage(address, 'user2', await image());
  const terminal = startGraphicsTerminal(
    'sixel',
    ['connect', address, '--user', 'user1', '--images', 'kitty'],
    {
      env: password,
    },
  );
  await terminal.until((text) => text.includes(placeholder));
});
