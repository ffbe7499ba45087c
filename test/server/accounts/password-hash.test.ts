import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatPasswordHash,
  needsRehash,
  parsePasswordHash,
  scryptHashing,
} from '../../../src/server/accounts/password-hash.js';

const cheap = scryptHashing({ logN: 1, r: 1, p: 1 });

describe('a password hash', () => {
  test('costs N = 2^15, r = 8, p = 1 by default', () => {
    expect(scryptHashing().cost).toEqual({ logN: 15, r: 8, p: 1 });
  });

  test('verifies its password and no other, also after it was stored as text', async () => {
    const hashing = scryptHashing();
    const text = formatPasswordHash(await hashing.hash('correct horse'));
    expect(text).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
    const hash = parsePasswordHash(text);
    if (!hash) throw new Error('unreadable');
    expect(await hashing.verify('correct horse', hash)).toBe(true);
    expect(await hashing.verify('correct horsf', hash)).toBe(false);
  });

  test('matches the test vector of RFC 7914, section 12', async () => {
    // The vector has 64 bytes; its first 32 are the result for a length of 32, by scrypt's last step.
    const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex');
    const hash = { cost: { logN: 10, r: 8, p: 16 }, salt: Buffer.from('NaCl'), key };
    expect(await cheap.verify('password', hash)).toBe(true);
  });

  test('has a salt of its own', async () => {
    const [one, two] = await Promise.all([cheap.hash('same'), cheap.hash('same')]);
    expect(one.salt.equals(two.salt)).toBe(false);
    expect(one.key.equals(two.key)).toBe(false);
  });

  test('needs a rehash if it cost less than the current cost, not if it cost more', async () => {
    const hash = await cheap.hash('some password');
    expect(needsRehash(hash, { logN: 2, r: 1, p: 1 })).toBe(true);
    expect(needsRehash(hash, { logN: 1, r: 2, p: 1 })).toBe(true);
    expect(needsRehash(hash, { logN: 1, r: 1, p: 1 })).toBe(false);
    expect(needsRehash({ ...hash, cost: { logN: 3, r: 1, p: 1 } }, { logN: 2, r: 1, p: 1 })).toBe(false);
  });

  test.each([
    '$scrypt$ln=30,r=8,p=1$',
    '$scrypt$ln=18,r=8,p=1$',
    '$scrypt$ln=15,r=17,p=1$',
    '$scrypt$ln=15,r=8,p=5$',
    '$scrypt$ln=0,r=8,p=1$',
    '$argon2id$ln=15,r=8,p=1$',
  ])('is rejected if it costs too much or is of another kind: %s', async (start) => {
    const [salt, key] = formatPasswordHash(await cheap.hash('x'))
      .split('$')
      .slice(-2);
    expect(parsePasswordHash(`${start}${salt}$${key}`)).toBeUndefined();
  });

  test('is never parsed with an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => parsePasswordHash(text) === undefined));
  });
});
