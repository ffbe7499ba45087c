import { expect, test } from '@jest/globals';
import { demoSnapshot } from '../../../src/server/accounts/accounts-snapshot.js';
import { needsRehash, parsePasswordHash, scryptHashing } from '../../../src/server/accounts/password-hash.js';

test('the demo users are user1 to user5, with qwerty hashed at the default cost', async () => {
  const hashing = scryptHashing();
  expect(demoSnapshot.accounts.map(({ name }) => name)).toEqual([
    'user1',
    'user2',
    'user3',
    'user4',
    'user5',
  ]);
  const hashes = new Set(demoSnapshot.accounts.map(({ passwordHash }) => passwordHash));
  for (const text of hashes) {
    const hash = parsePasswordHash(text);
    if (!hash) throw new Error('unreadable');
    expect(needsRehash(hash, hashing.cost)).toBe(false);
    expect(await hashing.verify('qwerty', hash)).toBe(true);
  }
});
