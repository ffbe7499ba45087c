import { expect, test } from '@jest/globals';
import { commandRunner, type CommandLine } from './run-command.js';

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
  const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
  const result = await runCommand(node(deaf), { maxBytes: 1000, signal: AbortSignal.timeout(50) });
  expect(result).toEqual({ status: 'stopped' });
});
