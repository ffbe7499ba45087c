import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import sharp from 'sharp';
import { defaultLimits } from '../../src/shared/message-rules.js';
import { pngSize } from '../../src/shared/png.js';
import { runChat, startChat, startServe, temporaryFolder } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { startTestServer } from '../server/test-server.js';
import { readBack, textsOf } from './read-back.js';
import { outputOf } from '../run-tool.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const oneLine = /^chat: [^\n]+\n$/;
let server: Awaited<ReturnType<typeof startTestServer>>;
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startTestServer({ limits: { ...defaultLimits, maxImageBytes: 300_000 } });
});

const send = (args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) =>
  runInProcess(['send', server.address, ...args], { ...options, env: { ...env, ...options.env } });
const sendByProgram = (args: readonly string[], options: Parameters<typeof runChat>[1] = {}) =>
  runChat(['send', server.address, ...args], { ...options, env: { ...env, ...options.env } });

const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'red',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });

const newest = async () => (await readBack(server.address)).at(-1);
const newestText = async () => (await textsOf(server.address)).at(-1);

describe('send', () => {
  test('sends its arguments and prints nothing', async () => {
    expect(await sendByProgram(['hello', ' big  ', 'world'])).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: '',
    });
    expect(await newest()).toMatchObject({ from: 'user1', type: 1 });
    expect(await newestText()).toBe('hello  big   world');
  });

  test('sends all of a piped stdin without its last line end', async () => {
    expect(await sendByProgram([], { input: 'two\nlines ✓\n' })).toMatchObject({ code: 0 });
    expect(await newestText()).toBe('two\nlines ✓');
    expect(await send(['-'], { input: 'a\n\n' })).toMatchObject({ code: 0 });
    expect(await newestText()).toBe('a\n');
  });

  test('sends each line of --lines when it arrives, and skips blank ones', async () => {
    const tail = startChat(['send', server.address, '--lines', '--json'], { env });
    tail.write('first\n\n');
    await tail.until(({ stdout }) => stdout().includes('"sent"'));
    expect(await newestText()).toBe('first');
    tail.write('second\nlast');
    tail.end();
    expect((await tail.ended).code).toBe(0);
    expect((await textsOf(server.address)).slice(-3)).toEqual(['first', 'second', 'last']);
  });

  test('sends 10,000 lines of --lines in their order, each once', async () => {
    const own = await startTestServer();
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`);
    const args = ['send', own.address, '--lines', '--json', '--timeout', '1m'];
    const { code, stdout } = await runInProcess(args, { env, input: lines.join('\n') });
    expect(code).toBe(0);
    const sequences = [...stdout.matchAll(/"sequence":(\d+)/g)].map(([, digits]) => Number(digits));
    expect(sequences).toEqual(lines.map((_, index) => index + 1));
    expect(await textsOf(own.address)).toEqual(lines.slice(-500));
  });

  test('prints an object for each message with --json', async () => {
    const { stdout, code } = await send(['--json', 'counted']);
    const message = await newest();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      type: 'sent',
      sequence: message?.sequence,
      id: message?.id,
      timestamp: message?.timestamp,
    });
  });

  test('sends images in order, then the text; converts large images and other formats', async () => {
    const small = await noise(20, 10).png().toBuffer();
    writeFileSync(join(folder, 'small.png'), small);
    await noise(1200, 900).jpeg().toFile(join(folder, 'photo.jpg'));
    const args = ['--image', 'small.png', '--image', 'photo.jpg', 'two pictures'];
    expect(await send(args, { cwd: folder })).toEqual({ code: 0, stdout: '', stderr: '' });
    const [first, second, third] = (await readBack(server.address)).slice(-3);
    expect(first).toMatchObject({ type: 2 });
    expect(pngSize(first?.content ?? new Uint8Array())).toEqual({ width: 20, height: 10 });
    expect(second?.type).toBe(2);
    expect(second?.content.length).toBeLessThanOrEqual(300_000);
    const size = pngSize(second?.content ?? new Uint8Array());
    expect((size?.width ?? 0) / (size?.height ?? 1)).toBeCloseTo(4 / 3, 1);
    expect(new TextDecoder().decode(third?.content)).toBe('two pictures');
  });

  test('sends an image from stdin', async () => {
    expect(
      await sendByProgram(['--image', '-'], { input: await noise(8, 8).webp().toBuffer() }),
    ).toMatchObject({
      code: 0,
    });
    expect(await newest()).toMatchObject({ type: 2 });
  });

  test('waits for a server that is still starting', async () => {
    const port = await freePort();
    const waiting = startChat(['send', `localhost:${port}`, '--timeout', '50s', '-v', 'early'], { env });
    await waiting.until(({ stderr }) => stderr().includes('trying again'));
    const late = await startTestServer({ port });
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: '' });
    expect(await textsOf(late.address)).toEqual(['early']);
  });

  test('exits with 0 and without an error if its output is closed', async () => {
    const sender = startChat(['send', server.address, '--lines', '--json'], { env });
    sender.closeStdout();
    sender.write('one\ntwo\nthree\n');
    expect(await sender.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('text from other programs', () => {
  test('loses its byte order mark in a password file, on stdin, and before the first line', async () => {
    const file = join(folder, 'with-mark');
    writeFileSync(file, '\ufeffqwerty\r\n', { mode: 0o600 });
    const args = ['--password-file', file];
    expect(await send(args, { env: { CHAT_PASSWORD: '' }, input: '\ufeffone' })).toMatchObject({ code: 0 });
    expect(await newestText()).toBe('one');
    expect(await send(['--lines'], { input: '\ufefftwo\nthree\n' })).toMatchObject({ code: 0 });
    expect((await textsOf(server.address)).slice(-2)).toEqual(['two', 'three']);
    expect(
      await send(['--password-stdin'], { env: { CHAT_PASSWORD: '' }, input: '\ufeffqwerty\nfour' }),
    ).toMatchObject({ code: 0 });
  });

  test('is rejected as a password if it is UTF-16', async () => {
    const file = join(folder, 'utf-16');
    writeFileSync(file, Buffer.from('\ufeffqwerty', 'utf16le'), { mode: 0o600 });
    const { code, stderr } = await send(['--password-file', file, 'x']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('is UTF-16. Save it as UTF-8.'),
    });
  });

  test('is rejected with colours, with a hint, and sent without them by --strip-ansi', async () => {
    const input = '\u001b[1;31mred\u001b[0m \u001b]8;;http://localhost\u001b\\link\u001b]8;;\u001b\\';
    const refused = await send([], { input });
    expect(refused).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('use --strip-ansi, or --color=never'),
    });
    expect(await send(['--strip-ansi'], { input })).toMatchObject({ code: 0, stderr: '' });
    expect(await newestText()).toBe('red link');
    const lines = await send(['--strip-ansi', '--lines'], { input: '\u001b[0m\n\u001b[1mbold\n' });
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    expect(await newestText()).toBe('bold');
    expect(await send(['--strip-ansi'], { input: '\u001b[0m' })).toMatchObject({ code: 2 });
  });
});

describe('the password of send', () => {
  const none = { CHAT_USER: 'user1', CHAT_PASSWORD: '' };

  test('comes from the first line of a file', async () => {
    writeFileSync(join(folder, 'password'), 'qwerty\nsomething else\n', { mode: 0o600 });
    expect(await send(['--password-file', 'password', 'x'], { env: none, cwd: folder })).toMatchObject({
      code: 0,
    });
  });

  test('comes from the first line of stdin, and the rest is the text', async () => {
    expect(await send(['--password-stdin'], { env: none, input: 'qwerty\nthe text\n' })).toMatchObject({
      code: 0,
    });
    expect(await newestText()).toBe('the text');
  });

  test('comes from a program, which is started without a shell', async () => {
    const script = `process.stdout.write(process.argv[1] === '$HOME *' ? 'qwerty\\n' : 'no')`;
    const command = `'${process.execPath}' -e "${script.replaceAll('\\', '\\\\')}" '$HOME *'`;
    expect(await send(['--password-command', command, 'x'], { env: none })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  test('comes from a program, which does not get the one of the environment', async () => {
    const command = `'${process.execPath}' -p "process.env.CHAT_PASSWORD ?? 'qwerty'"`;
    const wrong = { CHAT_PASSWORD: 'wrong' };
    expect(await sendByProgram(['--password-command', command, 'x'], { env: wrong })).toMatchObject({
      code: 0,
    });
  });

  test('comes from an option rather than from the environment', async () => {
    const wrong = { CHAT_PASSWORD: 'wrong' };
    expect(await send(['--password-stdin', 'x'], { env: wrong, input: 'qwerty\n' })).toMatchObject({
      code: 0,
    });
  });

  test.each<[string, string[]]>([
    ['a missing file', ['--password-file', '/nonexistent/file']],
    ['a program that fails', ['--password-command', 'false']],
    ['a program that is missing', ['--password-command', 'no-such-program-here']],
    ['an empty stdin', ['--password-stdin']],
    ['two options', ['--password-stdin', '--password-file', 'x']],
    ['no option and no terminal', []],
    ['an option that would show it in the list of processes', ['--password', 'qwerty']],
  ])('%s is a usage error', async (_, args) => {
    const ended = await send([...args, 'x'], { env: none });
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(oneLine) });
  });
});

describe('send reports in one line and by its exit code', () => {
  test.each<[string, string[], number, RegExp]>([
    ['an empty text', [''], 2, /empty/],
    ['an unknown option', ['--colour', 'x'], 2, /unknown option '--colour'/],
    ['an invalid time', ['--timeout', 'soon', 'x'], 2, /--timeout/],
    ['a missing image', ['--image', 'missing.png'], 2, /missing\.png/],
    ['a control character', ['a\u0007b'], 6, /U\+0007/],
    ['a text that is too large', ['x'.repeat(16_385)], 6, /16385 bytes.*16384/],
  ])('%s', async (_, args, code, message) => {
    const before = (await readBack(server.address)).length;
    const ended = await send(args);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toMatch(message);
    expect(await readBack(server.address)).toHaveLength(before);
  });

  test('an empty stdin', async () => {
    expect(await send([], { input: '\n' })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/empty/),
    });
  });

  test('a file that is not an image', async () => {
    writeFileSync(join(folder, 'fake.png'), 'not a picture at all');
    const ended = await send(['--image', 'fake.png'], { cwd: folder });
    expect(ended).toMatchObject({ code: 6, stderr: expect.stringMatching(oneLine) });
  });

  test('a missing user without a terminal', async () => {
    const ended = await send(['x'], { env: { CHAT_USER: '' } });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/--user/) });
  });

  test('an unreachable server, with a hint', async () => {
    const address = `localhost:${await freePort()}`;
    const ended = await runInProcess(['send', '--to', address, '--timeout', '300ms', 'x'], { env });
    expect(ended).toEqual({
      code: 3,
      stdout: '',
      stderr: `chat: no server answers at ${address}. Start one with: chat serve\n`,
    });
  });

  test('a wrong password, also as JSON', async () => {
    const wrong = { CHAT_PASSWORD: 'wrong' };
    expect(await send(['x'], { env: wrong })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(oneLine),
    });
    const { stderr, code } = await send(['--json', 'x'], { env: wrong });
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code: 'login-refused', exit: 4 });
  });

  test('the first rejected line of --lines, after sending those before it', async () => {
    const ended = await send(['--lines'], { input: 'fine\n\nb\u0007d\nnever\n' });
    expect(ended).toMatchObject({ code: 6, stderr: expect.stringMatching(/^chat: line 3: /) });
    expect(await newestText()).toBe('fine');
  });

  test('a rate limit that lasts longer than the time limit', async () => {
    const slow = await startTestServer({ maxMessagesPerSecond: 1 });
    const input = Array.from({ length: 50 }, (_, index) => `line ${index + 1}\n`).join('');
    const send = () => runInProcess(['send', slow.address, '--lines', '--timeout', '800ms'], { env, input });
    let ended = await send();
    // On a busy machine the time limit may end before it is connected.
    while (ended.code === 3) ended = await send();
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringMatching(/^chat: line \d+: /) });
  });

  test('a delayed message without an answer within the time limit', async () => {
    const limited = await startServe(['--store', 'memory', '--rate', '1']);
    const sender = startChat(['send', limited.address, '--lines', '--timeout', '3s', '--verbose'], { env });
    sender.write(Array.from({ length: 8 }, (_, index) => `${index}\n`).join(''));
    sender.end();
    await sender.until(({ stderr }) => stderr().includes('trying again'));
    limited.kill('SIGSTOP');
    const { code, stderr } = await sender.ended;
    limited.kill('SIGCONT');
    expect(code).toBe(3);
    expect(stderr).toContain('no answer within 3 s: the message may not have arrived.');
  });

  test('an unknown host name', async () => {
    const { code, stderr } = await runInProcess(
      ['send', '--to', 'nowhere.localhost', '--timeout', '1s', 'x'],
      {
        env,
      },
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/nowhere\.localhost:65002 was not found\. Check the spelling of the host name/);
  });

  test('a text that looks like an option, with a hint', async () => {
    const { code, stderr } = await send(['-n is a text']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "chat: unknown option '-n is a text'. If it is text: chat send -- TEXT\n",
    });
    expect(await send(['--', '-n is a text'])).toMatchObject({ code: 0 });
  });

  test('an image from a named pipe, with a hint', async () => {
    const pipe = join(folder, 'pipe');
    outputOf('mkfifo', [pipe]);
    const { code, stderr } = await send(['--image', pipe]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('chat send --image -') });
  });

  test('a gRPC server that is not a chat server, as every command does', async () => {
    const other = new Server();
    const port = await new Promise<number>((resolve, reject) =>
      other.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const address = `127.0.0.1:${port}`;
    for (const args of [
      ['send', address, 'x'],
      ['history', address],
      ['connect', address, '--once'],
    ]) {
      const { code, stderr } = await runInProcess(args, { env });
      expect(code).toBe(1);
      expect(stderr).toContain(`${address} is not a chat server, although it speaks gRPC`);
      expect(stderr).toContain('Check the address and the port');
    }
    other.forceShutdown();
  });

  test('nothing with --quiet', async () => {
    expect(await send(['-q', 'a\u0007b'])).toEqual({ code: 6, stdout: '', stderr: '' });
  });

  test('an interruption', async () => {
    const waiting = startChat(['send', `localhost:${await freePort()}`, '--timeout', '50s', '-v', 'x'], {
      env,
    });
    await waiting.until(({ stderr }) => stderr().includes('trying again'));
    waiting.kill('SIGINT');
    expect(await waiting.ended).toMatchObject({ code: 130, signal: null });
  });

  test('a stack trace only with --debug', async () => {
    const { stderr } = await sendByProgram(['--debug', 'a\u0007b']);
    expect(stderr).toMatch(/\n {4}at /);
  });
});

describe('over TLS send', () => {
  test('trusts a certificate by its fingerprint, and no unknown certificate', async () => {
    const secure = await startTestServer({ tls: { kind: 'self-signed' } });
    const { fingerprint = '' } = secure;
    const to = ['send', '--to', `https://${secure.address}`];
    const unknown = await runInProcess([...to, 'x'], { env });
    expect(unknown).toMatchObject({ code: 7, stderr: expect.stringMatching(oneLine) });
    expect(unknown.stderr).toContain(fingerprint);
    expect(unknown.stderr).toContain('--fingerprint');
    expect(await runInProcess([...to, '--fingerprint', fingerprint, 'x'], { env })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const other = fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00');
    expect(await runInProcess([...to, '--fingerprint', other, 'x'], { env })).toMatchObject({ code: 7 });
  });
});

/** A port without a listener. */
async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
