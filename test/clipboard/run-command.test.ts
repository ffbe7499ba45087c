import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { commandRunner, type CommandLine } from '../../src/client/clipboard/run-command.js';

const runCommand = commandRunner({ ...process.env, CHAT_TEST: 'given' });
const never = new AbortController().signal;
const bounds = { maxBytes: 1000, signal: never };

function node(script: string): CommandLine {
  return [process.execPath, '-e', script];
}

test('a command gives the bytes that it wrote', async () => {
  const result = await runCommand(node('process.stdout.write(Buffer.from([0, 255, 10]))'), bounds);
  expect(result).toEqual({ status: 'done', stdout: Buffer.from([0, 255, 10]) });
});

test('it sees the given environment', async () => {
  const result = await runCommand(node('process.stdout.write(process.env.CHAT_TEST)'), bounds);
  expect(result).toEqual({ status: 'done', stdout: Buffer.from('given') });
});

test('its input is empty', async () => {
  const result = await runCommand(node('process.stdin.pipe(process.stdout)'), bounds);
  expect(result).toEqual({ status: 'done', stdout: Buffer.alloc(0) });
});

test('arguments are not read by a shell', async () => {
  const script = 'process.stdout.write(process.argv[1])';
  const result = await runCommand([...node(script), '$(id); `id` > /tmp/x'], bounds);
  expect(result).toMatchObject({ stdout: Buffer.from('$(id); `id` > /tmp/x') });
});

test('a program that is not installed is missing', async () => {
  expect(await runCommand(['chat-test-no-such-program'], bounds)).toEqual({ status: 'missing' });
});

test('a name that no program can have is a failure', async () => {
  expect(await runCommand(['no\0program'], bounds)).toMatchObject({ status: 'failed' });
});

test('many pieces are joined in their order', async () => {
  const script = 'process.stdout.write(Buffer.alloc(3e6, "abcdefg"))';
  const { stdout } = (await runCommand(node(script), { ...bounds, maxBytes: 4e6 })) as { stdout: Buffer };
  expect(stdout.equals(Buffer.alloc(3e6, 'abcdefg'))).toBe(true);
});

test('a failure comes with its own explanation', async () => {
  expect(await runCommand(node('console.error("no display"); process.exit(3)'), bounds)).toEqual({
    status: 'failed',
    stderr: 'no display\n',
  });
});

test('a command that writes too much is ended', async () => {
  const endless = 'const write = () => process.stdout.write("x".repeat(1000), write); write()';
  expect(await runCommand(node(endless), bounds)).toEqual({ status: 'too-large' });
});

test('a command that does not end is killed when its time is up, even if it will not hear', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'chat-test-')), 'pid');
  const deaf = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);
    require("node:fs").writeFileSync(process.argv[1], String(process.pid))`;
  const timeIsUp = new AbortController();
  const result = runCommand([...node(deaf), file], { maxBytes: 1000, signal: timeIsUp.signal });
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
  timeIsUp.abort();
  expect(await result).toEqual({ status: 'stopped' });
  const pid = Number(readFileSync(file, 'utf8'));
  await until(() => !isRunning(pid));
  rmSync(dirname(file), { recursive: true });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn(5);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
