import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatSnapshot, parseSnapshot } from './account-format.js';
import { demoSnapshot, emptySnapshot, upgraded } from './accounts-snapshot.js';

const hash = demoSnapshot.accounts[0]?.passwordHash ?? '';
const id = '01JDZ0M8Q2Y5W3V7T9R4K6N1PX';
const ann = { id, name: 'Ann', credentialVersion: '01', passwordHash: hash };
/** The same account as it is stored. */
const stored = { id, name: 'Ann', passwordId: '01', passwordHash: hash };
const good = { version: 2, everAdded: true, accounts: [stored], formerAccounts: [] };
const old = {
  version: 1,
  everAdded: true,
  accounts: [{ name: 'Ann', passwordId: '01', passwordHash: hash }],
};

describe('account file format', () => {
  test('accounts survive a round trip, one per line', () => {
    const snapshot = {
      initialised: true,
      accounts: [ann, { ...ann, name: 'bob.the-2nd_' }],
      formerAccounts: [{ id, name: 'carl' }],
    };
    const text = formatSnapshot(snapshot);
    expect(parseSnapshot(text)).toEqual(snapshot);
    expect(JSON.parse(text)).toMatchObject({ everAdded: true, accounts: [stored, { passwordId: '01' }] });
    expect(text.split('\n').filter((line) => line.includes('scrypt'))).toHaveLength(2);
    const removed = { ...emptySnapshot, initialised: true };
    expect(parseSnapshot(formatSnapshot(removed))).toEqual(removed);
  });

  test.each([
    ['it is empty', ''],
    ['it is empty', ' \n'],
    ['no "version"', '{}'],
    ['not JSON', JSON.stringify(good).slice(0, -10)],
    ['not a JSON object', '[]'],
    ['not a JSON object', 'null'],
    ['version', JSON.stringify({ ...good, version: 3 })],
    ['everAdded', JSON.stringify({ ...good, everAdded: 'yes' })],
    ['everAdded', JSON.stringify({ ...good, everAdded: false })],
    ['not a list', JSON.stringify({ ...good, accounts: {} })],
    ['account 1', JSON.stringify({ ...good, accounts: [null] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...stored, name: 'a b' }, null] })],
    ['account 1', JSON.stringify({ ...good, accounts: [{ ...stored, name: 'x'.repeat(33) }] })],
    ['passwordId', JSON.stringify({ ...good, accounts: [{ ...stored, passwordId: 7 }] })],
    ['passwordHash', JSON.stringify({ ...good, accounts: [{ ...stored, passwordHash: 'qwerty' }] })],
    ['the "id" of account 1', JSON.stringify({ ...good, accounts: [{ ...stored, id: 'x' }] })],
    ['formerAccounts', JSON.stringify({ ...good, formerAccounts: undefined })],
    ['twice', JSON.stringify({ ...good, accounts: [stored, { ...stored, name: 'ANN' }] })],
  ])('a broken file is rejected with the reason: %s', (why, text) => {
    expect(() => parseSnapshot(text)).toThrow(why);
  });

  test.each<[string, unknown]>([
    ['account 2 is not an object', null],
    ['the name of account 2', { ...stored, name: 'a b' }],
    ['the name of account 2', { ...stored, name: '\u212Ate' }],
    ['the name of account 2', { ...stored, name: 'bo\u0000b' }],
    ['the "id" of account 2', { ...stored, name: 'bob', id: 'I'.repeat(26) }],
    ['the "passwordId" of account 2', { ...stored, name: 'bob', passwordId: '' }],
    ['the "passwordHash" of account 2', { ...stored, name: 'bob', passwordHash: hash.slice(0, -1) }],
  ])('a damaged account is reported and the others load: %s', (problem, damaged) => {
    const carl = { ...stored, name: 'carl' };
    const snapshot = parseSnapshot(JSON.stringify({ ...good, accounts: [stored, damaged, carl] }));
    expect(snapshot).toEqual({
      initialised: true,
      accounts: [ann, { ...ann, name: 'carl' }],
      formerAccounts: [],
      damaged: [expect.stringContaining(problem)],
    });
  });

  test('a damaged former account is reported and the accounts load', () => {
    const formerAccounts = [
      { id, name: 'bob' },
      { id, name: 'b b' },
    ];
    expect(parseSnapshot(JSON.stringify({ ...good, formerAccounts }))).toEqual({
      initialised: true,
      accounts: [ann],
      formerAccounts: [{ id, name: 'bob' }],
      damaged: ['the name of former account 2 is not valid'],
    });
  });

  test('an account of format 1 gets an id that depends on its name only, regardless of case', () => {
    const snapshot = parseSnapshot(JSON.stringify(old));
    const inCapitals = { ...old, accounts: [{ ...old.accounts[0], name: 'ANN', passwordId: '02' }] };
    expect(snapshot).toMatchObject({ isOldFormat: true, accounts: [{ ...ann, id: expect.any(String) }] });
    expect(parseSnapshot(JSON.stringify(inCapitals)).accounts[0]?.id).toBe(snapshot.accounts[0]?.id);
    const inNewFormat = parseSnapshot(formatSnapshot(upgraded(snapshot)));
    expect(inNewFormat).toEqual({ initialised: true, accounts: snapshot.accounts, formerAccounts: [] });
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
