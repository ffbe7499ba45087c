import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatPasswordHash,
  needsRehash,
  parsePasswordHash,
  scryptHashing,
} from '../../../src/server/accounts/password-hash.js';

const cheap = scryptHashing({ logN: 1, r: 1, p: 1 });

describe('password hashes', () => {
  test('new ones cost N = 2^15, r = 8, p = 1', () => {
    expect(scryptHashing().cost).toEqual({ logN: 15, r: 8, p: 1 });
  });

  test('a real one verifies its password and no other, also after it was kept as text', async () => {
    const hashing = scryptHashing();
    const text = formatPasswordHash(await hashing.hash('correct horse'));
    expect(text).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
    const hash = parsePasswordHash(text);
    if (!hash) throw new Error('unreadable');
    expect(await hashing.verify('correct horse', hash)).toBe(true);
    expect(await hashing.verify('correct horsf', hash)).toBe(false);
  });

  test('the hash is the one that RFC 7914 gives, section 12', async () => {
    // Its test vector is 64 bytes long; scrypt's last step makes its first 32 the same for a length of 32.
    const key = Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162', 'hex');
    const hash = { cost: { logN: 10, r: 8, p: 16 }, salt: Buffer.from('NaCl'), key };
    expect(await cheap.verify('password', hash)).toBe(true);
  });

  test('each has a salt of its own', async () => {
    const [one, two] = await Promise.all([cheap.hash('same'), cheap.hash('same')]);
    expect(one.salt.equals(two.salt)).toBe(false);
    expect(one.key.equals(two.key)).toBe(false);
  });

  test('one that cost less than is spent now is to be made anew, one that cost more is not', async () => {
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
  ])(
    'one that costs more than a server can bear, or is of another kind, is unreadable: %s',
    async (start) => {
      const [salt, key] = formatPasswordHash(await cheap.hash('x'))
        .split('$')
        .slice(-2);
      expect(parsePasswordHash(`${start}${salt}$${key}`)).toBeUndefined();
    },
  );

  test('no text makes the reader throw', () => {
    fc.assert(fc.property(fc.string(), (text) => parsePasswordHash(text) === undefined));
  });
});
