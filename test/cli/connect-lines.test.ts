import { beforeAll, describe, expect, test } from '@jest/globals';
import { runChat, startChat } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';
import { startTestServer } from '../server/test-server.js';
import { say } from '../terminal/joined.js';
import { textsOf } from './read-back.js';

const env = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
let server: Awaited<ReturnType<typeof startTestServer>>;

const connect = (args: readonly string[] = [], options: Parameters<typeof runInProcess>[1] = {}) =>
  runInProcess(['connect', server.address, ...args], { ...options, env: { ...env, ...options.env } });
const send = (text: string, user = 'user1') => say(server.address, user, text);
const lines = (text: string) => text.split('\n').slice(0, -1);
const objects = (text: string) => lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  server = await startTestServer({ maxHistoryMessages: 3 });
});

describe('connect without a screen', () => {
  test('exits with 0 on an empty room with --once, and prints nothing', async () => {
    const ended = await runChat(['connect', server.address, '--once'], { env });
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('prints one line per message, without escape sequences, if stdout is not a terminal', async () => {
    await send('one');
    await send('two\n<user3> not a message of its own', 'user2');
    const { stdout, stderr, code } = await runChat(['connect', server.address, '--once'], { env });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ <user1> one\n\S+Z <user2> two\n\t<user3> not a message of its own\n$/,
    );
  });

  test('prints JSON lines', async () => {
    const { stdout, code } = await connect(['--once', '--json']);
    expect(code).toBe(0);
    expect(objects(stdout)).toEqual([
      {
        v: 2,
        type: 'message',
        sequence: 1,
        id: expect.stringMatching(/^[!-~]{26}$/),
        timestamp: expect.any(Number),
        from: 'user1',
        self: true,
        replay: true,
        room: 'lobby',
        roomNumber: 0,
        text: 'one',
      },
      expect.objectContaining({ sequence: 2, from: 'user2', self: false, text: expect.stringMatching(/\n/) }),
    ]);
  });

  test('exits with 0 at the end of stdin with --until-eof, when every line is sent', async () => {
    const room = await startTestServer();
    const input = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');
    const ended = await runChat(['connect', room.address, '--json', '--until-eof'], { env, input });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(await textsOf(room.address)).toEqual(lines(input));
  });

  test('prints messages when they arrive, exits after --max-messages, and reports its status with -v', async () => {
    const reader = startChat(
      ['connect', server.address, '--json', '--tail', '0', '--max-messages', '2', '-v'],
      {
        env,
      },
    );
    await reader.until(({ stderr }) => stderr().includes('"status":"connected"'));
    await send('three');
    await reader.until(({ stdout }) => stdout().includes('three'));
    await send('four');
    const { stdout, stderr, code } = await reader.ended;
    expect(code).toBe(0);
    expect(objects(stdout)).toMatchObject([
      { text: 'three', replay: false },
      { text: 'four', replay: false },
    ]);
    expect(objects(stderr)).toEqual([
      { v: 2, type: 'status', status: 'connected', text: `connected to ${server.address} as user1` },
    ]);
  });

  test('starts where requested, before the history that the server sends by itself', async () => {
    const shown = async (...args: string[]) =>
      objects((await connect(['--once', '--json', ...args])).stdout).map(({ sequence }) => sequence);
    expect(await shown()).toEqual([2, 3, 4]);
    expect(await shown('--since', '0')).toEqual([1, 2, 3, 4]);
    expect(await shown('--since', '3')).toEqual([4]);
    expect(await shown('--since', '4')).toEqual([]);
    expect(await shown('--since', '999')).toEqual([]);
    expect(await shown('--since', '1h')).toEqual([1, 2, 3, 4]);
    expect(await shown('--since', '2100-01-01')).toEqual([]);
    expect(await shown('--tail', '4')).toEqual([1, 2, 3, 4]);
    expect(await shown('--tail', '1')).toEqual([4]);
    expect(await shown('--tail', '0')).toEqual([]);
    expect(await shown('--tail', '1', '--no-self')).toEqual([2]);
    expect(await shown('--since', '0', '--no-self')).toEqual([2]);
  });

  test('exits with 0 and without an error if its output is closed', async () => {
    const reader = startChat(['connect', server.address, '--tail', '0', '-v'], { env });
    await reader.until(({ stderr }) => stderr().includes('connected'));
    reader.closeStdout();
    await send('into the void');
    expect(await reader.ended).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('the stdin of connect', () => {
  test('is sent line by line, and connect continues after its end', async () => {
    const chat = startChat(['connect', server.address, '--plain', '--tail', '0'], { env });
    chat.write('from stdin\n\nand ');
    await chat.until(({ stdout }) => stdout().includes('<user1> from stdin'));
    chat.write('more');
    chat.end();
    await chat.until(({ stdout }) => stdout().includes('<user1> and more'));
    await send('still there?', 'user2');
    await chat.until(({ stdout }) => stdout().includes('<user2> still there?'));
    chat.kill('SIGTERM');
    expect(await chat.ended).toMatchObject({ code: 143, stderr: '' });
    expect(await textsOf(server.address)).not.toContain('');
  });

  test('continues after a rejected line, which is reported', async () => {
    const chat = startChat(['connect', server.address, '--json', '--tail', '0', '--max-messages', '1'], {
      env,
    });
    chat.write('a\u0007b\nfine\n');
    const { code, stdout, stderr } = await chat.ended;
    expect(code).toBe(0);
    expect(objects(stdout)).toMatchObject([{ text: 'fine' }]);
    expect(objects(stderr)).toEqual([
      { v: 2, type: 'error', code: 'message-refused', message: expect.stringMatching(/^line 1: .*U\+0007/) },
    ]);
  });

  test('starts with the password with --password-stdin', async () => {
    const args = ['--plain', '--password-stdin', '--tail', '0', '--max-messages', '1'];
    const input = 'qwerty\nafter the password\n';
    const { code, stdout } = await connect(args, { input, env: { CHAT_PASSWORD: '' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/<user1> after the password\n$/);
  });

  test('is not read with --read-only and with --once', async () => {
    const before = (await textsOf(server.address)).length;
    expect((await connect(['--once', '--tail', '0'], { input: 'no\n' })).code).toBe(0);
    expect(
      (await connect(['--read-only', '--tail', '1', '--max-messages', '1'], { input: 'no\n' })).code,
    ).toBe(0);
    expect(await textsOf(server.address)).toHaveLength(before);
  });
});

describe('connect without a screen exits', () => {
  test.each<[string, string[], number, RegExp]>([
    ['with 2 for two formats', ['--plain', '--json'], 2, /--plain and --json/],
    ['with 2 for two starting points', ['--since', '1', '--tail', '1'], 2, /--since and --tail/],
    [
      'with 2 for --until-eof without stdin',
      ['--until-eof', '--read-only'],
      2,
      /--read-only does not read stdin/,
    ],
    ['with 2 for an invalid time', ['--since', 'the day before'], 2, /--since takes a time/],
    ['with 2 for an invalid number', ['--max-messages', '0'], 2, /--max-messages/],
    ['with 2 for an impossible directory', ['--save-images', '/dev/null/x'], 2, /--save-images/],
    ['with 2 for an unclosed quote', ['--exec', '"x'], 2, /unclosed quote/],
    ['with 2 for too many arguments', ['one more'], 2, /too many arguments/],
  ])('%s', async (_, args, code, message) => {
    const ended = await connect(args);
    expect(ended).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(/^chat: [^\n]+\n$|^\{.+\}\n$/),
    });
    expect(ended.stderr).toMatch(message);
  });

  test('with 2 without a user', async () => {
    expect(await connect([], { env: { CHAT_USER: '' } })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--user/),
    });
  });

  test('with 3 if no server answers', async () => {
    expect(await runInProcess(['connect', 'localhost:1'], { env })).toMatchObject({
      code: 3,
      stdout: '',
      stderr: 'chat: no server answers at localhost:1. Start one with: chat serve\n',
    });
  });

  test('with 4 after a wrong password, reported as an object with --json', async () => {
    const { code, stderr } = await connect(['--json'], { env: { CHAT_PASSWORD: 'wrong' } });
    expect(code).toBe(4);
    expect(objects(stderr)).toMatchObject([{ v: 2, type: 'error', code: 'login-refused', exit: 4 }]);
  });

  test('with 7 for an unknown certificate, whose fingerprint it prints', async () => {
    const secure = await startTestServer({ tls: { kind: 'self-signed' } });
    const { code, stderr } = await runInProcess(['connect', `https://${secure.address}`, '--once'], { env });
    expect(code).toBe(7);
    expect(stderr).toMatch(/--fingerprint [0-9A-F:]{95}\n$/);
  });

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('on %s with %i', async (signal, code) => {
    const reader = startChat(['connect', server.address, '-v'], { env });
    await reader.until(({ stderr }) => stderr().includes('connected'));
    reader.kill(signal);
    expect(await reader.ended).toMatchObject({ code, signal: null });
  });
});
