import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatSnapshot, parseSnapshot } from './account-format.js';
import { demoSnapshot } from './accounts-snapshot.js';

const hash = demoSnapshot.accounts[0]?.passwordHash ?? '';
const ann = { name: 'Ann', credentialVersion: '01', passwordHash: hash };
/** The same account as it is stored. */
const stored = { name: 'Ann', passwordId: '01', passwordHash: hash };
const good = { version: 1, everAdded: true, accounts: [stored] };

describe('account file format', () => {
  test('accounts survive a round trip, one per line', () => {
    const snapshot = { initialised: true, accounts: [ann, { ...ann, name: 'bob.the-2nd_' }] };
    const text = formatSnapshot(snapshot);
    expect(parseSnapshot(text)).toEqual(snapshot);
    expect(JSON.parse(text)).toMatchObject({ everAdded: true, accounts: [stored, { passwordId: '01' }] });
    expect(text.split('\n').filter((line) => line.includes('scrypt'))).toHaveLength(2);
    expect(parseSnapshot(formatSnapshot({ initialised: true, accounts: [] }))).toEqual({
      initialised: true,
      accounts: [],
    });
  });

  test.each([
    ['it is empty', ''],
    ['it is empty', ' \n'],
    ['no "version"', '{}'],
    ['not JSON', JSON.stringify(good).slice(0, -10)],
    ['not a JSON object', '[]'],
    ['not a JSON object', 'null'],
    ['version', JSON.stringify({ ...good, version: 2 })],
    ['everAdded', JSON.stringify({ ...good, everAdded: 'yes' })],
    ['everAdded', JSON.stringify({ ...good, everAdded: false })],
    ['not a list', JSON.stringify({ ...good, accounts: {} })],
    ['account 1', JSON.stringify({ ...good, accounts: [null] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...stored, name: 'a b' }, null] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...stored, name: 'x'.repeat(33) }] })],
    ['passwordId', JSON.stringify({ ...good, accounts: [{ ...stored, passwordId: 7 }] })],
    ['passwordHash', JSON.stringify({ ...good, accounts: [{ ...stored, passwordHash: 'qwerty' }] })],
    ['twice', JSON.stringify({ ...good, accounts: [stored, { ...stored, name: 'ANN' }] })],
  ])('a broken file is rejected with the reason: %s', (why, text) => {
    expect(() => parseSnapshot(text)).toThrow(why);
  });

  test.each<[string, unknown]>([
    ['account 2 is not an object', null],
    ['the name of account 2', { ...stored, name: 'a b' }],
    ['the name of account 2', { ...stored, name: '\u212Ate' }],
    ['the name of account 2', { ...stored, name: 'bo\u0000b' }],
    ['the "passwordId" of account 2', { ...stored, name: 'bob', passwordId: '' }],
    ['the "passwordHash" of account 2', { ...stored, name: 'bob', passwordHash: hash.slice(0, -1) }],
  ])('a damaged account is reported and the others load: %s', (problem, damaged) => {
    const carl = { ...stored, name: 'carl' };
    const snapshot = parseSnapshot(JSON.stringify({ ...good, accounts: [stored, damaged, carl] }));
    expect(snapshot).toEqual({
      initialised: true,
      accounts: [ann, { ...ann, name: 'carl' }],
      damaged: [expect.stringContaining(problem)],
    });
  });

  test('two accounts of the same name are both rejected', () => {
    const carl = { ...stored, name: 'carl' };
    const snapshot = parseSnapshot(
      JSON.stringify({ ...good, accounts: [stored, carl, { ...stored, name: 'ANN' }] }),
    );
    expect(snapshot.accounts).toEqual([{ ...ann, name: 'carl' }]);
    expect(snapshot.damaged).toHaveLength(2);
  });

  test('an error never quotes the file', () => {
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (json, secret) => {
        const text = JSON.stringify({ ...good, accounts: [{ ...stored, passwordHash: secret + json }] });
        try {
          parseSnapshot(text);
        } catch (error) {
          expect(String(error)).not.toContain(secret);
          return;
        }
        throw new Error('it was accepted');
      }),
    );
  });
});
