import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAccountBook, parseAccountBook } from './account-format.js';
import { demoBook } from './demo-users.js';

const hash = demoBook.accounts[0]?.passwordHash ?? '';
const ann = { name: 'Ann', passwordId: '01', passwordHash: hash };
const good = { version: 1, everAdded: true, accounts: [ann] };

describe('the form of the account file', () => {
  test('what is written is read again, an account a line', () => {
    const book = { everAdded: true, accounts: [ann, { ...ann, name: 'bob.the-2nd_' }] };
    const text = formatAccountBook(book);
    expect(parseAccountBook(text)).toEqual(book);
    expect(text.split('\n').filter((line) => line.includes('scrypt'))).toHaveLength(2);
    expect(parseAccountBook(formatAccountBook({ everAdded: true, accounts: [] }))).toEqual({
      everAdded: true,
      accounts: [],
    });
  });

  test.each([
    ['it is empty', ''],
    ['it is empty', ' \n'],
    ['no "version"', '{}'],
    ['not JSON', JSON.stringify(good).slice(0, -10)],
    ['no object', '[]'],
    ['no object', 'null'],
    ['version', JSON.stringify({ ...good, version: 2 })],
    ['everAdded', JSON.stringify({ ...good, everAdded: 'yes' })],
    ['everAdded', JSON.stringify({ ...good, everAdded: false })],
    ['no list', JSON.stringify({ ...good, accounts: {} })],
    ['account 1', JSON.stringify({ ...good, accounts: [null] })],
    ['account 2', JSON.stringify({ ...good, accounts: [ann, { ...ann, name: 'a b' }] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...ann, name: 'x'.repeat(33) }] })],
    ['passwordId', JSON.stringify({ ...good, accounts: [{ ...ann, passwordId: 7 }] })],
    ['passwordHash', JSON.stringify({ ...good, accounts: [{ ...ann, passwordHash: 'qwerty' }] })],
    ['twice', JSON.stringify({ ...good, accounts: [ann, { ...ann, name: 'ANN' }] })],
  ])('a broken one is refused, saying why: %s', (why, text) => {
    expect(() => parseAccountBook(text)).toThrow(why);
  });

  test('a refusal never repeats what the file holds', () => {
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (json, secret) => {
        const text = JSON.stringify({ ...good, accounts: [{ ...ann, passwordHash: secret + json }] });
        try {
          parseAccountBook(text);
        } catch (error) {
          expect(String(error)).not.toContain(secret);
          return;
        }
        throw new Error('it was accepted');
      }),
    );
  });
});
