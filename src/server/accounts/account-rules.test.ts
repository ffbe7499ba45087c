import { describe, expect, test } from '@jest/globals';
import { checkName, checkPassword, isAccountName } from './account-rules.js';

describe('account rules', () => {
  test.each(['a', 'Ann', 'user1', 'a.b-c_d', '0', 'x'.repeat(32)])('%s is a valid name', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  test.each(['', 'x'.repeat(33), 'a b', 'ä', 'a,b', 'a/b', 'a\n', '\u0000'])(
    '%j is an invalid name',
    (name) => {
      expect(isAccountName(name)).toBe(false);
      expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test.each(['12345678', 'with space', '!~!~!~!~', 'x'.repeat(128)])('%s is a valid password', (password) => {
    expect(() => checkPassword(password)).not.toThrow();
  });

  test.each([
    '',
    '1234567',
    'x'.repeat(129),
    ' 12345678',
    '12345678 ',
    'pässword',
    'tab\tpassword',
    'password\n',
  ])('%j is an invalid password, and the error does not quote it', (password) => {
    expect(() => checkPassword(password)).toThrow(expect.objectContaining({ code: 'usage' }));
    try {
      checkPassword(password);
    } catch (error) {
      if (password !== '') expect(String(error)).not.toContain(password);
    }
  });
});
