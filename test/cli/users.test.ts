import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';

const users = (data: string, args: readonly string[], input = '') =>
  runChat(['users', ...args, '--data', data], { input });
const oneLine = /^chat: [^\n]+\n$/;

/** Sends until the exit code is as expected: a running server notices a change within a second. */
async function sendUntil(code: number, address: string, user: string, password: string): Promise<void> {
  const env = { CHAT_USER: user, CHAT_PASSWORD: password };
  while ((await runChat(['send', address, 'x'], { env })).code !== code);
}

describe('chat users', () => {
  test('adds, changes and removes users of a running server', async () => {
    const { address, data } = await startServe();
    expect(await users(data, ['add', 'anna', '--password-stdin'], 'long enough\n')).toMatchObject({
      code: 0,
    });
    await sendUntil(0, address, 'anna', 'long enough');
    await sendUntil(4, address, 'user1', 'qwerty');
    expect(await users(data, ['passwd', 'anna', '--password-stdin'], 'another one\n')).toMatchObject({
      code: 0,
    });
    await sendUntil(4, address, 'anna', 'long enough');
    await sendUntil(0, address, 'anna', 'another one');
    expect(await users(data, ['remove', 'anna'])).toMatchObject({ code: 0 });
    await sendUntil(4, address, 'anna', 'another one');
  });

  test('lists one user per line, from a file without passwords', async () => {
    const data = join(temporaryFolder(), 'data');
    await users(data, ['add', 'bert', '--password-stdin'], 'long enough\n');
    await users(data, ['add', 'Anna', '--password-stdin'], 'long enough\n');
    expect(await users(data, ['list'])).toEqual({
      code: 0,
      signal: null,
      stdout: 'Anna\nbert\n',
      stderr: '',
    });
    const file = join(data, 'accounts.json');
    expect(readFileSync(file, 'utf8')).not.toContain('long enough');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('adds users before and after the first start, but not in the directory of another program', async () => {
    const data = join(temporaryFolder(), 'data');
    expect(await users(data, ['add', 'anna', '--password-stdin'], 'long enough\n')).toMatchObject({
      code: 0,
    });
    const { address } = await startServe([], { data });
    await sendUntil(0, address, 'anna', 'long enough');

    const foreign = temporaryFolder();
    writeFileSync(join(foreign, 'letter.txt'), 'dear anna');
    const refused = await users(foreign, ['add', 'anna', '--password-stdin'], 'long enough\n');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(refused.stderr).toContain('letter.txt');
    expect(readdirSync(foreign)).toEqual(['letter.txt']);
  });

  test.each<[string, string[], string, number, RegExp]>([
    ['a name that exists', ['add', 'ANNA', '--password-stdin'], 'long enough\n', 1, /chat users passwd/],
    ['an unknown name to change', ['passwd', 'bert', '--password-stdin'], 'long enough\n', 1, /bert/],
    ['an unknown name to remove', ['remove', 'bert'], '', 1, /bert/],
    ['a short password', ['add', 'bert', '--password-stdin'], 'short\n', 2, /8 to 128/],
    ['an invalid name', ['add', 'b ert', '--password-stdin'], 'long enough\n', 2, /name/],
    ['no password, and no terminal', ['add', 'bert'], '', 2, /--password-stdin/],
    ['no name', ['add'], '', 2, /name/],
  ])('rejects %s in one line', async (_, args, input, code, message) => {
    const data = join(temporaryFolder(), 'data');
    await users(data, ['add', 'anna', '--password-stdin'], 'long enough\n');
    const ended = await users(data, args, input);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(oneLine) });
    expect(ended.stderr).toMatch(message);
    expect((await users(data, ['list'])).stdout).toBe('anna\n');
  });
});
