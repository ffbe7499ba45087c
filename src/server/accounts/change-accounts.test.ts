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
    for (const name of ['carl', 'Ann', 'bob']) await addUser(store(), name, 'a good password', cheap);
    expect(await listUsers(store())).toEqual(['Ann', 'bob', 'carl']);
    await removeUser(store(), 'ANN');
    expect(await listUsers(store())).toEqual(['bob', 'carl']);
  });

  test('a name that exists in another case is rejected with a hint', async () => {
    await addUser(store(), 'ann', 'a good password', cheap);
    await expect(addUser(store(), 'Ann', 'a good password', cheap)).rejects.toMatchObject({
      code: 'already-exists',
      hint: expect.stringContaining('chat users passwd'),
    });
  });

  test('one of two concurrent additions of the same name is rejected', async () => {
    const results = await Promise.allSettled(
      ['ann', 'ANN'].map((name) => addUser(accountFile(directory), name, 'a good password', cheap)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listUsers(store())).toHaveLength(1);
  });

  test('a new password changes the hash and the credential version but not the name', async () => {
    await addUser(store(), 'Ann', 'a good password', cheap);
    const [before] = (await store().read()).accounts;
    await setPassword(store(), 'ann', 'a good password', cheap);
    const [after] = (await store().read()).accounts;
    expect(after?.name).toBe('Ann');
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
    await expect(addUser(store(), 'a b', 'a good password', cheap)).rejects.toMatchObject({ code: 'usage' });
    await expect(addUser(store(), 'ann', 'short', cheap)).rejects.toMatchObject({ code: 'usage' });
    expect(await store().read()).toEqual({ initialised: false, accounts: [] });
  });
});
