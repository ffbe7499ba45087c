import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  emptySnapshot,
  withAccount,
  withoutAccount,
  type AccountsSnapshot,
} from '../../../src/server/accounts/accounts-snapshot.js';
import { accountFile } from '../../../src/server/accounts/account-file.js';
import { demoSnapshot } from '../../../src/server/accounts/accounts-snapshot.js';

const passwordHash = demoSnapshot.accounts[0]?.passwordHash ?? '';
const account = (name: string) => ({ name, credentialVersion: '01', passwordHash });

let directory = '';
let path = '';
const stops: (() => void)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-accounts-'));
  path = join(directory, 'accounts.json');
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(directory, { recursive: true });
});

/** What a watcher was told, and a wait for the next of it. */
function watching(): { next: () => Promise<AccountsSnapshot | Error>; told: (AccountsSnapshot | Error)[] } {
  const told: (AccountsSnapshot | Error)[] = [];
  let wake: () => void = () => undefined;
  let read = 0;
  const tell = (news: AccountsSnapshot | Error) => {
    told.push(news);
    wake();
  };
  stops.push(accountFile(directory).watch(tell, tell));
  return {
    told,
    async next() {
      while (told.length <= read) await new Promise<void>((resolve) => (wake = resolve));
      const news = told[read++];
      if (!news) throw new Error('nothing');
      return news;
    },
  };
}

describe('the account file', () => {
  test('that is missing holds no accounts', async () => {
    expect(await accountFile(directory).read()).toEqual(emptySnapshot);
    expect(await accountFile(join(directory, 'no', 'such')).read()).toEqual(emptySnapshot);
  });

  test('is for its owner only, also in a directory that is made for it, and leaves nothing beside it', async () => {
    const nested = join(directory, 'made', 'for it');
    await accountFile(nested).update((snapshot) => withAccount(snapshot, account('ann')));
    expect((await stat(join(nested, 'accounts.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(nested)).mode & 0o777).toBe(0o700);
    expect(await readdir(nested)).toEqual(['accounts.json']);
  });

  test('remembers that a user was ever added after all were removed', async () => {
    const file = accountFile(directory);
    await file.update((snapshot) => withAccount(snapshot, account('ann')));
    await file.update((snapshot) => withoutAccount(snapshot, 'ANN'));
    expect(await file.read()).toEqual({ initialised: true, accounts: [] });
  });

  test('is not touched when the change throws or changes nothing', async () => {
    const file = accountFile(directory);
    await file.update((snapshot) => withAccount(snapshot, account('ann')));
    const before = await stat(path);
    await file.update((snapshot) => snapshot);
    const failing = file.update(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await stat(path)).ino).toBe(before.ino);
  });

  test('that is broken is refused by name and never overwritten', async () => {
    await writeFile(path, '{"version": 1, "everAd');
    const file = accountFile(directory);
    const refused = { code: 'data-directory', message: expect.stringContaining(path) };
    await expect(file.read()).rejects.toMatchObject(refused);
    await expect(file.update((snapshot) => withAccount(snapshot, account('ann')))).rejects.toMatchObject(
      refused,
    );
    expect(await readFile(path, 'utf8')).toBe('{"version": 1, "everAd');
  });

  test('loses nothing when several writers that know nothing of each other add at once', async () => {
    const writers = Array.from({ length: 40 }, () => accountFile(directory));
    await Promise.all(
      writers.map((file, index) =>
        file.update((snapshot) => withAccount(snapshot, account(`user-${index}`))),
      ),
    );
    expect((await accountFile(directory).read()).accounts).toHaveLength(40);
    expect(await readdir(directory)).toEqual(['accounts.json']);
  });

  test('tells a watcher of every later state, of a broken one once, and of none after it stopped', async () => {
    const { next, told } = watching();
    const file = accountFile(directory);
    await file.update((snapshot) => withAccount(snapshot, account('ann')));
    expect(await next()).toMatchObject({ accounts: [{ name: 'ann' }] });
    await writeFile(path, 'broken');
    expect(await next()).toMatchObject({ code: 'data-directory' });
    await rm(path);
    expect(await next()).toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('gone'),
    });
    await file.update((snapshot) => withAccount(snapshot, account('bob')));
    expect(await next()).toMatchObject({ accounts: [{ name: 'bob' }] });
    expect(told).toHaveLength(4);
    for (const stop of stops.splice(0)) stop();
    await rename(path, `${path}.aside`);
    expect(told).toHaveLength(4);
  });
});
