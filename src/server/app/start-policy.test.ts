import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { demoSnapshot, emptySnapshot } from '../accounts/accounts-snapshot.js';
import { checkStart, type StartConditions } from './start-policy.js';

const never = emptySnapshot;
const some = { ...emptySnapshot, initialised: true, accounts: demoSnapshot.accounts.slice(0, 1) };
const removed = { ...emptySnapshot, initialised: true };
const plain = { kind: 'none' } as const;
const tls = { kind: 'self-signed' } as const;
const local: StartConditions = {
  host: 'localhost',
  demoUsers: false,
  tls: plain,
  insecure: false,
  accounts: never,
};
const remote: StartConditions = { ...local, host: '0.0.0.0' };
const usage = (hint: string) =>
  expect.objectContaining({ code: 'usage', hint: expect.stringContaining(hint) });

describe('start policy on a loopback address', () => {
  test('a fresh server starts with the demo users, without a warning', () => {
    expect(checkStart(local)).toEqual({ demoUsers: true, warnings: [] });
    expect(checkStart({ ...local, demoUsers: true })).toEqual({ demoUsers: true, warnings: [] });
  });

  test('added users replace the demo users', () => {
    expect(checkStart({ ...local, accounts: some })).toEqual({ demoUsers: false, warnings: [] });
  });

  test('a server whose users were all removed starts without users and warns', () => {
    const { demoUsers, warnings } = checkStart({ ...local, accounts: removed });
    expect(demoUsers).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('chat users add')]);
  });
});

describe('start policy on any other address', () => {
  test('a server without users does not start, with or without TLS', () => {
    for (const conditions of [
      remote,
      { ...remote, tls },
      { ...remote, insecure: true },
      { ...remote, accounts: removed },
    ]) {
      expect(() => checkStart(conditions)).toThrow(usage('chat users add'));
    }
  });

  test('a server without TLS starts only with --insecure, and warns', () => {
    expect(() => checkStart({ ...remote, accounts: some })).toThrow(usage('--tls-self-signed'));
    expect(checkStart({ ...remote, accounts: some, insecure: true })).toEqual({
      demoUsers: false,
      warnings: [expect.stringContaining('unencrypted')],
    });
  });

  test('a server with users and TLS starts without a warning', () => {
    expect(checkStart({ ...remote, accounts: some, tls })).toEqual({ demoUsers: false, warnings: [] });
  });

  test('--demo-users replaces users, with a warning, but not TLS', () => {
    expect(() => checkStart({ ...remote, demoUsers: true })).toThrow(usage('--insecure'));
    expect(checkStart({ ...remote, demoUsers: true, tls })).toEqual({
      demoUsers: true,
      warnings: [expect.stringContaining('user1 to user5')],
    });
    expect(checkStart({ ...remote, demoUsers: true, insecure: true }).warnings).toHaveLength(2);
  });
});

test('--demo-users is rejected once a user was added', () => {
  for (const accounts of [some, removed]) {
    for (const conditions of [local, { ...remote, tls }]) {
      expect(() => checkStart({ ...conditions, demoUsers: true, accounts })).toThrow(usage('--demo-users'));
    }
  }
});

test('the error for a server without users and TLS names both', () => {
  expect(() => checkStart({ ...remote, accounts: never, tls: plain, insecure: false })).toThrow(
    expect.objectContaining({
      message:
        'nobody could log in, since there are no users, and passwords would cross the network unencrypted, on 0.0.0.0',
      hint: expect.stringMatching(/chat users add .*--tls-self-signed/),
    }),
  );
});

test('no combination starts an open or plaintext server without the flag that allows it', () => {
  const conditions = fc.record({
    host: fc.constantFrom('localhost', '127.0.0.2', '::1', '0.0.0.0', '::', '192.0.2.1', 'chat.example.org'),
    demoUsers: fc.boolean(),
    tls: fc.constantFrom(plain, tls),
    insecure: fc.boolean(),
    accounts: fc.constantFrom(never, some, removed),
  });
  fc.assert(
    fc.property(conditions, (given) => {
      const outside = !['localhost', '127.0.0.2', '::1'].includes(given.host);
      let decision;
      try {
        decision = checkStart(given);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage', hint: expect.any(String) });
        return;
      }
      expect(decision.demoUsers && given.accounts.initialised).toBe(false);
      if (!outside) return;
      expect(given.accounts.accounts.length > 0 || given.demoUsers).toBe(true);
      expect(given.tls.kind !== 'none' || given.insecure).toBe(true);
      expect(decision.demoUsers).toBe(given.demoUsers);
    }),
  );
});
