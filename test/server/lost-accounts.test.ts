import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startServe, temporaryFolder } from '../chat-process.js';
import { runInProcess } from '../run-in-process.js';

const demoUser = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
const anna = { CHAT_USER: 'anna', CHAT_PASSWORD: 'long enough' };
const noUsers = '{"version":1,"everAdded":false,"accounts":[]}';

const addUser = (data: string, name: string): ReturnType<typeof runInProcess> =>
  runInProcess(['users', 'add', name, '--password-stdin', '--data', data], { input: 'long enough\n' });
const serve = (data: string, ...args: string[]): ReturnType<typeof runInProcess> =>
  runInProcess(['serve', '--port', '0', '--data', data, ...args]);

/** A data directory to which a user was added while its server was stopped. */
async function withUser(): Promise<{ data: string; accounts: string; note: string }> {
  const data = join(temporaryFolder(), 'data');
  expect(await addUser(data, 'anna')).toMatchObject({ code: 0 });
  return { data, accounts: join(data, 'accounts.json'), note: join(data, 'users-added') };
}

async function startAndStop(data: string): Promise<void> {
  const server = await startServe([], { data });
  server.kill('SIGTERM');
  await server.ended;
}

describe('a server whose accounts are lost', () => {
  test.each<[string, (accounts: string) => void]>([
    ['are missing', (accounts) => rmSync(accounts)],
    ['were emptied', (accounts) => writeFileSync(accounts, '')],
    ['were replaced by {}', (accounts) => writeFileSync(accounts, '{}')],
    ['were replaced by an empty list', (accounts) => writeFileSync(accounts, noUsers)],
    [
      'were replaced by a directory',
      (accounts) => {
        rmSync(accounts);
        mkdirSync(accounts);
      },
    ],
  ])('does not start if they %s, and names the file and the remedy', async (_, lose) => {
    const { data, accounts } = await withUser();
    lose(accounts);
    for (const args of [[], ['--demo-users'], ['--store', 'memory']]) {
      const ended = await serve(data, ...args);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toContain(accounts);
      expect(ended.stderr).toMatch(/^chat: [^\n]+backup[^\n]*\n$/);
    }
  });

  test('does not start if the note in the directory is lost as well', async () => {
    const { data, accounts, note } = await withUser();
    await startAndStop(data);
    rmSync(accounts);
    rmSync(note);
    expect(await serve(data)).toMatchObject({ code: 1, stdout: '' });
  });

  test('does not start if only the log was copied to another directory', async () => {
    const { data } = await withUser();
    await startAndStop(data);
    const other = join(temporaryFolder(), 'other');
    await startAndStop(other);
    rmSync(join(other, 'log'), { recursive: true });
    renameSync(join(data, 'log'), join(other, 'log'));
    expect(await serve(other)).toMatchObject({ code: 1, stdout: '' });
  });

  test('writes the note of a directory that has accounts but no note', async () => {
    const { data, accounts, note } = await withUser();
    rmSync(note);
    await startAndStop(data);
    expect(existsSync(note)).toBe(true);
    rmSync(note);
    rmSync(accounts);
    expect(await serve(data)).toMatchObject({ code: 1, stdout: '' });
  });

  test('starts again once users are added', async () => {
    const { data, accounts } = await withUser();
    rmSync(accounts);
    const list = await runInProcess(['users', 'list', '--data', data]);
    expect(list).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(accounts) });
    expect(await addUser(data, 'bert')).toMatchObject({ code: 0 });
    const { address } = await startServe([], { data });
    const bert = { ...anna, CHAT_USER: 'bert' };
    expect(await runInProcess(['send', address, 'x'], { env: bert })).toMatchObject({ code: 0 });
    expect(await runInProcess(['send', address, 'x'], { env: demoUser })).toMatchObject({ code: 4 });
  });
});

test.each<[string, (accounts: string) => void]>([
  ['are removed', (accounts) => rmSync(accounts)],
  ['are replaced by {}', (accounts) => writeFileSync(accounts, '{}')],
  ['are replaced by an empty list', (accounts) => writeFileSync(accounts, noUsers)],
])('a running server whose accounts %s keeps its users and admits no demo users', async (_, lose) => {
  const data = join(temporaryFolder(), 'data');
  const server = await startServe([], { data });
  expect(await addUser(data, 'anna')).toMatchObject({ code: 0 });
  while ((await runInProcess(['send', server.address, 'x'], { env: anna })).code !== 0);
  lose(join(data, 'accounts.json'));
  await server.until(({ stderr }) => stderr().includes('the last good ones stay'));
  expect(await runInProcess(['send', server.address, 'x'], { env: anna })).toMatchObject({ code: 0 });
  expect(await runInProcess(['send', server.address, 'x'], { env: demoUser })).toMatchObject({ code: 4 });
});
