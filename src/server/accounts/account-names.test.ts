import { expect, test } from '@jest/globals';
import { accountNames } from './account-names.js';
import type { AccountsSnapshot } from './accounts-snapshot.js';

const account = (id: string, name: string) => ({ id, name, credentialVersion: '', passwordHash: '' });

const snapshot: AccountsSnapshot = {
  initialised: true,
  accounts: [account('3', 'anna'), account('1', 'Zoe'), account('2', 'Bob')],
  formerAccounts: [
    { id: '4', name: 'Anna' },
    { id: '5', name: 'carl' },
  ],
};
const names = accountNames(snapshot);

test('the current accounts after a name are sorted regardless of case', () => {
  const namesAfter = (after: string) => [...names.after(after)].map(({ name }) => name);
  expect(names.count).toBe(3);
  expect(namesAfter('')).toEqual(['anna', 'Bob', 'Zoe']);
  expect(namesAfter('ANNA')).toEqual(['Bob', 'Zoe']);
  expect(namesAfter('b')).toEqual(['Bob', 'Zoe']);
  expect(namesAfter('bob')).toEqual(['Zoe']);
  expect(namesAfter('zzz')).toEqual([]);
});

test('a name in any case finds the current account only', () => {
  expect(names.find('ANNA')).toEqual({ account: '3', name: 'anna' });
  expect(names.find('carl')).toBeUndefined();
});

test('a removed account keeps its last name until another account has it', () => {
  expect(names.isCurrent('5')).toBe(false);
  expect(names.nameOf('5')).toBe('carl');
  expect(names.nameOf('4')).toBeUndefined();
  expect(names.nameOf('3')).toBe('anna');
  expect(names.nameOf('unknown')).toBeUndefined();
});
