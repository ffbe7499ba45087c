import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { pngSize } from '../../src/shared/png.js';
import { cleanEnvironment, runChat, temporaryFolder } from '../chat-process.js';
import { startTestServer } from '../server/test-server.js';
import { describeWith } from '../require-tool.js';
import { startGraphicsTerminal } from './graphics-terminal.js';
import { program } from './terminal-program.js';
import { runTool } from '../run-tool.js';

const placeholder = '\u{10eeee}';
const password = { CHAT_PASSWORD: 'qwerty' };

describeWith(['tmux'], 'inside tmux, itself inside kitty', () => {
  const sockets = new Set<string>();

  // tmux continues without a terminal.
  afterEach(() => {
    for (const folder of sockets) {
      runTool('tmux', ['kill-server'], { env: cleanEnvironment({ TMUX_TMPDIR: folder }) });
    }
    sockets.clear();
  });

  /** A client in tmux and a room with one image: 20 columns and 6 rows of 10×20 pixels. */
  async function watching(settings: string) {
    const { address } = await startTestServer();
    const folder = temporaryFolder();
    const [file, configuration] = [join(folder, 'image.png'), join(folder, 'tmux.conf')];
    const create = { width: 200, height: 120, channels: 3, background: 'teal' } as const;
    await sharp({ create }).png().toFile(file);
    await writeFile(configuration, settings);
    await runChat(['send', address, '--user', 'user2', '--image', file], { env: password });
    sockets.add(folder);
    const client = [process.execPath, program, 'connect', address, '--user', 'user1'];
    const terminal = startGraphicsTerminal('kitty', ['-u', '-f', configuration, 'new-session', ...client], {
      command: 'tmux',
      // tmux asks for the name only.
      answers: { '\x1b[>q': '\x1bP>|kitty(0.35.2)\x1b\\' },
      env: { ...password, TMUX_TMPDIR: folder },
    });
    await terminal.until((text) => text.includes('image 1 · 200×120'));
    return terminal;
  }

  test('with allow-passthrough an image reaches the outer terminal and is deleted at exit', async () => {
    const terminal = await watching('set -g allow-passthrough on\n');
    const rowsOfImage = (text: string) =>
      text.split('\n').filter((row) => row.split(placeholder).length === 21).length;
    await terminal.until((text) => rowsOfImage(text) === 6 && terminal.stored().size === 1);
    const sizes = [...terminal.stored().values()].map(({ columns, rows, png }) => [
      columns,
      rows,
      pngSize(png),
    ]);
    expect(sizes).toEqual([[20, 6, { width: 200, height: 120 }]]);
    terminal.write('\u0004');
    await terminal.exitCode;
    expect(terminal.stored().size).toBe(0);
  });

  test('without allow-passthrough the image is drawn in half blocks', async () => {
    const terminal = await watching('set -g allow-passthrough off\n');
    await terminal.until((text) => text.includes('▄'));
    expect(terminal.stored().size).toBe(0);
  });
});
