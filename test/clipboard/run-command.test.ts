import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Argv, type ProgramRunner, programRunner } from '../../src/client/system/program.js';
import { temporaryFiles } from '../../src/client/system/private-file.js';

const folder = mkdtempSync(join(tmpdir(), 'chat-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const newFile = temporaryFiles('output-', folder);
const commands = programRunner({ ...process.env, CHAT_TEST: 'given', CHAT_PASSWORD: 'secret' }, newFile);
const never = new AbortController().signal;
const bounds = { maxBytes: 1000, signal: never };

function node(script: string): Argv {
  return [process.execPath, '-e', script];
}

/** Saves the output of a program, then reads it. */
const saveAndRead: ProgramRunner['run'] = async (...asked) => {
  const result = await commands.save(...asked);
  if (result.status !== 'done') return result;
  const output = await readFile(result.output.path);
  await result.output.remove();
  return { status: 'done', output };
};

describe.each([
  ['run', commands.run.bind(commands)],
  ['save', saveAndRead],
])('a program runner, %s', (_, runCommand) => {
  test('hides the password from the program', async () => {
    const result = await runCommand(node('process.stdout.write(String(process.env.CHAT_PASSWORD))'), bounds);
    expect(result).toEqual({ status: 'done', output: Buffer.from('undefined') });
  });

  test('returns the exact output', async () => {
    const result = await runCommand(node('process.stdout.write(Buffer.from([0, 255, 10]))'), bounds);
    expect(result).toEqual({ status: 'done', output: Buffer.from([0, 255, 10]) });
  });

  test('passes the given environment', async () => {
    const result = await runCommand(node('process.stdout.write(process.env.CHAT_TEST)'), bounds);
    expect(result).toEqual({ status: 'done', output: Buffer.from('given') });
  });

  test('gives the program an empty stdin', async () => {
    const result = await runCommand(node('process.stdin.pipe(process.stdout)'), bounds);
    expect(result).toEqual({ status: 'done', output: Buffer.alloc(0) });
  });

  test('passes arguments without a shell', async () => {
    const script = 'process.stdout.write(process.argv[1])';
    const result = await runCommand([...node(script), '$(id); `id` > /tmp/x'], bounds);
    expect(result).toMatchObject({ output: Buffer.from('$(id); `id` > /tmp/x') });
  });

  test('reports a program that is not installed as missing', async () => {
    expect(await runCommand(['chat-test-no-such-program'], bounds)).toEqual({ status: 'missing' });
  });

  test('reports an impossible name as a failure', async () => {
    expect(await runCommand(['no\0program'], bounds)).toMatchObject({ status: 'failed' });
  });

  test('keeps the order of many pieces of output', async () => {
    const script = 'process.stdout.write(Buffer.alloc(3e6, "abcdefg"))';
    const result = await runCommand(node(script), { ...bounds, maxBytes: 4e6 });
    if (result.status !== 'done') throw new Error(result.status);
    expect(result.output.equals(Buffer.alloc(3e6, 'abcdefg'))).toBe(true);
  });

  test('reports a failure with the message of the program', async () => {
    expect(await runCommand(node('console.error("no display"); process.exit(3)'), bounds)).toEqual({
      status: 'failed',
      stderr: 'no display\n',
    });
  });

  test('kills a program that writes too much', async () => {
    const endless = 'const write = () => process.stdout.write("x".repeat(1000), write); write()';
    expect(await runCommand(node(endless), bounds)).toEqual({ status: 'too-large' });
  });

  test('rejects output that is slightly too large', async () => {
    const result = await runCommand(node('process.stdout.write("x".repeat(1001))'), bounds);
    expect(result).toEqual({ status: 'too-large' });
  });

  test('reports a program as stopped if the signal has already aborted', async () => {
    const result = await runCommand(node(''), { ...bounds, signal: AbortSignal.abort() });
    expect(result).toEqual({ status: 'stopped' });
  });

  test('kills a program that ignores other signals when the signal aborts', async () => {
    const file = join(mkdtempSync(join(folder, 'deaf-')), 'pid');
    const deaf = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);
    require("node:fs").writeFileSync(process.argv[1], String(process.pid))`;
    const controller = new AbortController();
    const result = runCommand([...node(deaf), file], { maxBytes: 1000, signal: controller.signal });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
    controller.abort();
    expect(await result).toEqual({ status: 'stopped' });
    const pid = Number(readFileSync(file, 'utf8'));
    await until(() => !isRunning(pid));
  });
});

describe('the output file of a program', () => {
  const files = async () => (await readdir(folder)).filter((name) => name.startsWith('output-'));

  test('is private, and is deleted by remove', async () => {
    const result = await commands.save(node('process.stdout.write("x")'), bounds);
    if (result.status !== 'done') throw new Error(result.status);
    expect((await stat(result.output.path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(result.output.path))).mode & 0o777).toBe(0o700);
    await result.output.remove();
    expect(await files()).toEqual([]);
  });

  test('is removed if the program failed', async () => {
    await commands.save(node('process.stdout.write("x"); process.exitCode = 1'), bounds);
    await commands.save(node('process.stdout.write("x".repeat(1001))'), bounds);
    await commands.save(['chat-test-no-such-program'], bounds);
    await commands.save(['no\0program'], bounds);
    expect(await files()).toEqual([]);
  });

  test('causes a failure that names the folder if it cannot be created', async () => {
    const nowhere = temporaryFiles('', join(folder, 'missing', 'too'));
    const result = await programRunner(process.env, nowhere).save(node(''), bounds);
    expect(result).toMatchObject({
      status: 'failed',
      stderr: expect.stringContaining('missing/too, cannot be used: no such file'),
    });
  });
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

describe('a program runner, feed', () => {
  test('gives the program its input, and no password', async () => {
    const file = join(folder, 'fed');
    const script = ['sh', '-c', 'cat > "$0"; printf "%s" "$CHAT_PASSWORD" >> "$0"', file] as const;
    expect(await commands.feed(script, 'für\n', never)).toEqual({ status: 'done', output: undefined });
    expect(readFileSync(file, 'utf8')).toBe('für\n');
  });

  test('does not wait for a process that the program leaves behind', async () => {
    const result = await commands.feed(['sh', '-c', 'cat > /dev/null; sleep 2 &'], 'text', never);
    expect(result.status).toBe('done');
  });

  test('reports a failure, a missing program and a timeout', async () => {
    expect(await commands.feed(['sh', '-c', 'exit 3'], 'x'.repeat(200_000), never)).toMatchObject({
      status: 'failed',
      stderr: 'it ended with 3',
    });
    expect(await commands.feed(['no-such-tool'], 'text', never)).toEqual({ status: 'missing' });
    const stopping = new AbortController();
    const stopped = commands.feed(['sleep', '60'], 'text', stopping.signal);
    stopping.abort();
    expect(await stopped).toEqual({ status: 'stopped' });
  });
});
