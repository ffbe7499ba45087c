import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, lastSignal, runChat, temporaryFolder } from '../chat-process.js';
import { testOnSmallDisk } from './small-disk.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const running = new Set<ReturnType<typeof spawn>>();

afterAll(() => {
  for (const server of running) server.kill(lastSignal);
});

/** A server in memory whose log goes to `log`, started by a shell after `before`. */
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

/** Says that each way to lose the log leaves the chat as it is. */
async function expectToGoOn({ server, ended, attempt }: Awaited<ReturnType<typeof startLogging>>) {
  // A refused login is logged.
  expect(await attempt('wrong')).toBe(4);
  expect(await attempt('wrong')).toBe(4);
  expect(await attempt('qwerty')).toBe(0);
  server.kill('SIGTERM');
  return ended;
}

describe('a log that cannot be written leaves the chat as it is, and SIGTERM ends it', () => {
  test.each(['json', 'pretty'])('on a full device, as %s', async (format) => {
    const log = openSync('/dev/full', 'w');
    expect(await expectToGoOn(await startLogging(log, { args: ['--log-format', format] }))).toBe(0);
    closeSync(log);
  });

  test('over the limit of a file’s size', async () => {
    const path = join(temporaryFolder(), 'log');
    await writeFile(path, 'x'.repeat(2000));
    const log = openSync(path, 'a');
    expect(await expectToGoOn(await startLogging(log, { before: 'ulimit -f 1' }))).toBe(0);
    closeSync(log);
  });

  test('into a pipe whose reader has gone', async () => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const log = openSync(path, 'w');
    closeSync(reader);
    expect(await expectToGoOn(await startLogging(log))).toBe(0);
    closeSync(log);
  });

  test.each([
    ['waits', 0],
    ['does not wait', constants.O_NONBLOCK],
  ])('into a pipe that is full and %s', async (_, flags) => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const filler = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    expect(() => {
      for (;;) writeSync(filler, Buffer.alloc(4096));
    }).toThrow('EAGAIN');
    const log = openSync(path, constants.O_WRONLY | flags);
    // What waits is lost: it could not be written within a second.
    expect([143, 'SIGTERM']).toContain(await expectToGoOn(await startLogging(log)));
    closeSync(log);
    closeSync(filler);
  });
});

const disk = temporaryFolder();

testOnSmallDisk(
  disk,
  'lines that were lost on a full disk are reported once when it has room again',
  async () => {
    const path = join(disk, 'log');
    const log = openSync(path, 'a');
    const server = await startLogging(log);
    // The file is still empty: the rest of a block that it has would hold more lines.
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
