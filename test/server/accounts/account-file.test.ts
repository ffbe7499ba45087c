import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import {
  emptySnapshot,
  withAccount,
  withoutAccount,
  type AccountsSnapshot,
} from '../../../src/server/accounts/accounts-snapshot.js';
import { accountFile } from '../../../src/server/accounts/account-file.js';
import { demoSnapshot } from '../../../src/server/accounts/accounts-snapshot.js';

const passwordHash = demoSnapshot.accounts[0]?.passwordHash ?? '';
const account = (name: string) => ({ id: ulid(), name, credentialVersion: '01', passwordHash });

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

/** A watcher that records its notifications. */
function watching(): {
  next: () => Promise<AccountsSnapshot | Error>;
  notified: (AccountsSnapshot | Error)[];
} {
  const notified: (AccountsSnapshot | Error)[] = [];
  let wake: () => void = () => undefined;
  let read = 0;
  const notify = (news: AccountsSnapshot | Error) => {
    notified.push(news);
    wake();
  };
  stops.push(accountFile(directory).watch(notify, notify));
  return {
    notified,
    async next() {
      while (notified.length <= read) await new Promise<void>((resolve) => (wake = resolve));
      const news = notified[read++];
      if (!news) throw new Error('nothing');
      return news;
    },
  };
}

describe('the account file', () => {
  test('contains no accounts if it is missing', async () => {
    expect(await accountFile(directory).read()).toEqual(emptySnapshot);
    expect(await accountFile(join(directory, 'no', 'such')).read()).toEqual(emptySnapshot);
  });

  test('is readable by its owner only, also in a new directory, and leaves no other file', async () => {
    const nested = join(directory, 'made', 'for it');
    await accountFile(nested).update((snapshot) => withAccount(snapshot, account('ann')));
    expect((await stat(join(nested, 'accounts.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(nested)).mode & 0o777).toBe(0o700);
    expect(await readdir(nested)).toEqual(['accounts.json']);
  });

  test('remembers that users were added after all are removed', async () => {
    const file = accountFile(directory);
    const ann = account('ann');
    await file.update((snapshot) => withAccount(snapshot, ann));
    await file.update((snapshot) => withoutAccount(snapshot, ann));
    expect(await file.read()).toEqual({
      initialised: true,
      accounts: [],
      formerAccounts: [{ id: ann.id, name: 'ann' }],
    });
  });

  test('is not written if the change throws or changes nothing', async () => {
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

  test('is rejected by name and not overwritten if it is broken', async () => {
    await writeFile(path, '{"version": 1, "everAd');
    const file = accountFile(directory);
    const refused = { code: 'data-directory', message: expect.stringContaining(path) };
    await expect(file.read()).rejects.toMatchObject(refused);
    await expect(file.update((snapshot) => withAccount(snapshot, account('ann')))).rejects.toMatchObject(
      refused,
    );
    expect(await readFile(path, 'utf8')).toBe('{"version": 1, "everAd');
  });

  test('loses no account when independent writers add accounts at once', async () => {
    const writers = Array.from({ length: 40 }, () => accountFile(directory));
    await Promise.all(
      writers.map((file, index) =>
        file.update((snapshot) => withAccount(snapshot, account(`user-${index}`))),
      ),
    );
    expect((await accountFile(directory).read()).accounts).toHaveLength(40);
    expect(await readdir(directory)).toEqual(['accounts.json']);
  });

  test('notifies a watcher of every later state, of a broken one once, and of none after it stops', async () => {
    const { next, notified } = watching();
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
    expect(notified).toHaveLength(4);
    for (const stop of stops.splice(0)) stop();
    await rename(path, `${path}.aside`);
    expect(notified).toHaveLength(4);
  });
});
