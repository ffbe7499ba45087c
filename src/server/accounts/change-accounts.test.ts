import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountFile } from './account-file.js';
import { addUser, listUsers, removeUser, setPassword } from './change-accounts.js';
import { scryptHashing } from './password-hash.js';

const cheap = scryptHashing({ logN: 1, r: 1, p: 1 });
let directory = '';
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'chat-users-'))));
afterEach(() => rm(directory, { recursive: true }));
const store = () => accountFile(directory);

describe('changing accounts', () => {
  test('users are listed in alphabetical order and removed regardless of case', async () => {
    for (const name of ['carl', 'Ann', 'bob'])
      await addUser(store(), { name, password: 'a good password' }, cheap);
    expect(await listUsers(store())).toEqual(['Ann', 'bob', 'carl']);
    await removeUser(store(), 'ANN');
    expect(await listUsers(store())).toEqual(['bob', 'carl']);
  });

  test('a name that exists in another case is rejected with a hint', async () => {
    await addUser(store(), { name: 'ann', password: 'a good password' }, cheap);
    await expect(addUser(store(), { name: 'Ann', password: 'a good password' }, cheap)).rejects.toMatchObject(
      {
        code: 'already-exists',
        hint: expect.stringContaining('chat users passwd'),
      },
    );
  });

  test('the name of a removed user is given to another account only on request, under a new id', async () => {
    const ann = { name: 'ann', password: 'a good password' };
    await addUser(store(), ann, cheap);
    const [before] = (await store().read()).accounts;
    await removeUser(store(), 'ann');
    await expect(addUser(store(), { ...ann, name: 'ANN' }, cheap)).rejects.toMatchObject({
      code: 'already-exists',
      hint: expect.stringContaining('--reuse-name'),
    });
    await addUser(store(), { ...ann, reuseName: true }, cheap);
    const { accounts, formerAccounts } = await store().read();
    expect(formerAccounts).toEqual([{ id: before?.id, name: 'ann' }]);
    expect(accounts).toEqual([expect.objectContaining({ name: 'ann' })]);
    expect(accounts[0]?.id).not.toBe(before?.id);
  });

  test('one of two concurrent additions of the same name is rejected', async () => {
    const results = await Promise.allSettled(
      ['ann', 'ANN'].map((name) =>
        addUser(accountFile(directory), { name, password: 'a good password' }, cheap),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listUsers(store())).toHaveLength(1);
  });

  test('a new password changes the hash and the credential version but neither name nor id', async () => {
    await addUser(store(), { name: 'Ann', password: 'a good password' }, cheap);
    const [before] = (await store().read()).accounts;
    await setPassword(store(), 'ann', 'a good password', cheap);
    const [after] = (await store().read()).accounts;
    expect(after).toMatchObject({ id: before?.id, name: 'Ann' });
    expect(after?.passwordHash).not.toBe(before?.passwordHash);
    expect(after?.credentialVersion).not.toBe(before?.credentialVersion);
  });

  test('changing an unknown user fails with not-found', async () => {
    await expect(setPassword(store(), 'ann', 'a good password', cheap)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(removeUser(store(), 'ann')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('an invalid name or password is rejected and nothing is stored', async () => {
    await expect(addUser(store(), { name: 'a b', password: 'a good password' }, cheap)).rejects.toMatchObject(
      { code: 'usage' },
    );
    await expect(addUser(store(), { name: 'ann', password: 'short' }, cheap)).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await store().read()).toEqual({ initialised: false, accounts: [], formerAccounts: [] });
  });
});
