import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, lastSignal, runChat, temporaryFolder } from '../chat-process.js';
import { testOnSmallDisk } from './small-disk.js';
import { outputOf } from '../run-tool.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const running = new Set<ReturnType<typeof spawn>>();

afterAll(() => {
  for (const server of running) server.kill(lastSignal);
});

/** Starts a memory server that logs to the descriptor `log`, from a shell that runs `before` first. */
async function startLogging(log: number, { before = ':', args = [] as string[] } = {}) {
  const stdio: StdioOptions = ['ignore', 'pipe', log];
  const server = spawn(
    'sh',
    [
      '-c',
      `${before}; exec "$@"`,
      'sh',
      process.execPath,
      program,
      'serve',
      '--store',
      'memory',
      '--port',
      '0',
      ...args,
    ],
    { stdio, env: cleanEnvironment(), cwd: temporaryFolder() },
  );
  running.add(server);
  const ended = once(server, 'exit').then(([code, signal]) => {
    running.delete(server);
    return (signal ?? code) as NodeJS.Signals | number;
  });
  let stdout = '';
  const address = await new Promise<string>((resolve, reject) => {
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const found = /^listening on (\S+) /m.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    ended.then(() => reject(new Error(`the server ended: ${stdout}`)), reject);
  });
  const attempt = (password: string): Promise<number | null> =>
    runChat(['send', address, 'hello', '--timeout', '20s'], {
      env: { CHAT_USER: 'user1', CHAT_PASSWORD: password },
    }).then(({ code }) => code);
  return { server, ended, attempt };
}

async function expectToContinue({ server, ended, attempt }: Awaited<ReturnType<typeof startLogging>>) {
  // A rejected login is logged.
  expect(await attempt('wrong')).toBe(4);
  expect(await attempt('wrong')).toBe(4);
  expect(await attempt('qwerty')).toBe(0);
  server.kill('SIGTERM');
  return ended;
}

describe('a server that cannot write its server log continues, and ends at SIGTERM', () => {
  test.each(['json', 'pretty'])('with the log on a full device, as %s', async (format) => {
    const log = openSync('/dev/full', 'w');
    expect(await expectToContinue(await startLogging(log, { args: ['--log-format', format] }))).toBe(0);
    closeSync(log);
  });

  test('with the log over the file size limit', async () => {
    const path = join(temporaryFolder(), 'log');
    await writeFile(path, 'x'.repeat(2000));
    const log = openSync(path, 'a');
    expect(await expectToContinue(await startLogging(log, { before: 'ulimit -f 1' }))).toBe(0);
    closeSync(log);
  });

  test('with the log in a pipe without a reader', async () => {
    const path = join(temporaryFolder(), 'pipe');
    outputOf('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const log = openSync(path, 'w');
    closeSync(reader);
    expect(await expectToContinue(await startLogging(log))).toBe(0);
    closeSync(log);
  });

  test.each([
    ['blocks', 0],
    ['does not block', constants.O_NONBLOCK],
  ])('with the log in a full pipe that %s', async (_, flags) => {
    const path = join(temporaryFolder(), 'pipe');
    outputOf('mkfifo', [path]);
    const filler = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    expect(() => {
      for (;;) writeSync(filler, Buffer.alloc(4096));
    }).toThrow('EAGAIN');
    const log = openSync(path, constants.O_WRONLY | flags);
    // Queued lines are lost if they cannot be written within a second.
    expect([143, 'SIGTERM']).toContain(await expectToContinue(await startLogging(log)));
    closeSync(log);
    closeSync(filler);
  });
});

const disk = temporaryFolder();

testOnSmallDisk(
  disk,
  'the server log reports lines lost on a full disk once, after there is space again',
  async () => {
    const path = join(disk, 'log');
    const log = openSync(path, 'a');
    const server = await startLogging(log);
    // The log file is still empty, so it has no partly used block that could take more lines.
    await writeFile(join(disk, 'ballast'), new Uint8Array(64 * 1024 * 1024)).catch(() => undefined);
    for (let failure = 0; failure < 3; failure++) await server.attempt('wrong');
    await rm(join(disk, 'ballast'));
    await server.attempt('wrong');
    await server.attempt('wrong');
    server.server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    closeSync(log);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('log lines were lost'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('a login was refused')).length).toBe(2);
  },
);
