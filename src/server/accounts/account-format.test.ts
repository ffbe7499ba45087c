import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAccountBook, parseAccountBook } from './account-format.js';
import { demoBook } from './accounts-snapshot.js';

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
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...ann, name: 'a b' }, null] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...ann, name: 'x'.repeat(33) }] })],
    ['passwordId', JSON.stringify({ ...good, accounts: [{ ...ann, passwordId: 7 }] })],
    ['passwordHash', JSON.stringify({ ...good, accounts: [{ ...ann, passwordHash: 'qwerty' }] })],
    ['twice', JSON.stringify({ ...good, accounts: [ann, { ...ann, name: 'ANN' }] })],
  ])('a broken one is refused, saying why: %s', (why, text) => {
    expect(() => parseAccountBook(text)).toThrow(why);
  });

  test.each<[string, unknown]>([
    ['account 2 is no object', null],
    ['the name of account 2', { ...ann, name: 'a b' }],
    ['the name of account 2', { ...ann, name: '\u212Ate' }],
    ['the name of account 2', { ...ann, name: 'bo\u0000b' }],
    ['the "passwordId" of account 2', { ...ann, name: 'bob', passwordId: '' }],
    ['the "passwordHash" of account 2', { ...ann, name: 'bob', passwordHash: hash.slice(0, -1) }],
  ])('a damaged account does not stop the others, and is named: %s', (problem, damaged) => {
    const carl = { ...ann, name: 'carl' };
    const book = parseAccountBook(JSON.stringify({ ...good, accounts: [ann, damaged, carl] }));
    expect(book).toEqual({
      everAdded: true,
      accounts: [ann, carl],
      damaged: [expect.stringContaining(problem)],
    });
  });

  test('of two accounts of one name neither is used', () => {
    const carl = { ...ann, name: 'carl' };
    const book = parseAccountBook(
      JSON.stringify({ ...good, accounts: [ann, carl, { ...ann, name: 'ANN' }] }),
    );
    expect(book.accounts).toEqual([carl]);
    expect(book.damaged).toHaveLength(2);
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
