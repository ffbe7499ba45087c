import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn, type IPty } from '@lydell/node-pty';
import { cleanEnvironment, runChat, temporaryFolder } from '../chat-process.js';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'demo.mjs');
const terminals: IPty[] = [];

afterAll(() => {
  for (const terminal of terminals) terminal.kill('SIGKILL');
});

/** The demo on a terminal, when its client shows the invitation; `folder` is where it keeps its data. */
async function startDemo() {
  const folder = temporaryFolder();
  const env = cleanEnvironment({ TERM: 'xterm', TMPDIR: folder });
  const terminal = spawn(process.execPath, [script], { env, cols: 240, rows: 40 });
  terminals.push(terminal);
  const ended = new Promise<number>((resolve) =>
    terminal.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode)),
  );
  let output = '';
  await new Promise<void>((resolve) => {
    terminal.onData((data) => {
      output += data;
      if (/user5[^]*Join from/.test(output)) resolve();
    });
  });
  const address = /connect (localhost:\d+)/.exec(output)?.[1] ?? '';
  return { terminal, ended, folder, address, output: () => output };
}

const isGone = async (address: string) =>
  (
    await runChat(['send', address, '--timeout', '300ms', 'x'], {
      env: { CHAT_USER: 'user2', CHAT_PASSWORD: 'qwerty' },
    })
  ).code === 3;

describe('npm start', () => {
  test('leaves nothing behind when the client is left', async () => {
    const demo = await startDemo();
    demo.terminal.write('/quit\r');
    expect(await demo.ended).toBe(0);
    expect(readdirSync(demo.folder)).toEqual([]);
    expect(await isGone(demo.address)).toBe(true);
  });

  test.each([
    ['it is terminated', 143, ({ pid }: IPty): unknown => process.kill(pid, 'SIGTERM')],
    // It has that on Unix; its types do not say so.
    [
      'its window is closed',
      129,
      (terminal: IPty): unknown => (terminal as IPty & { destroy(): void }).destroy(),
    ],
  ] as const)('ends both and leaves nothing behind when %s', async (_, code, end) => {
    const demo = await startDemo();
    end(demo.terminal);
    expect(await demo.ended).toBe(code);
    expect(readdirSync(demo.folder)).toEqual([]);
    expect(await isGone(demo.address)).toBe(true);
  });
});
