import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { manualClock, settled } from '../../support/manual-clock.js';
import type { AccountsSnapshot } from '../../../src/server/accounts/accounts-snapshot.js';
import { accountFile } from '../../../src/server/accounts/account-file.js';
import type { AccountStore } from '../../../src/server/accounts/account-store.js';
import type { Authenticator, Login } from '../../../src/server/accounts/authenticator.js';
import { addUser, removeUser, setPassword } from '../../../src/server/accounts/change-accounts.js';
import { createAuthenticator } from '../../../src/server/accounts/create-authenticator.js';
import {
  formatPasswordHash,
  parsePasswordHash,
  scryptHashing,
  type PasswordHashing,
} from '../../../src/server/accounts/password-hash.js';

const cheap = { logN: 1, r: 1, p: 1 };
const password = 'correct horse';
const address = '192.0.2.1';

/** Real scrypt at a low cost that records the cost of each check. */
function counted(cost = cheap) {
  const real = scryptHashing(cost);
  const costs: number[] = [];
  const hashing: PasswordHashing = {
    ...real,
    verify(text, hash) {
      costs.push(hash.cost.logN);
      return real.verify(text, hash);
    },
  };
  return { hashing, costs };
}

const cheapHash = async () => formatPasswordHash(await scryptHashing(cheap).hash(password));

/** Resolves once the signal is aborted, which may be before the call that changes the account returns. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

let directory = '';
let store: AccountStore;
let logged = '';
const events = new EventEmitter();
const logger = pino(
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      events.emit('logged');
      done();
    },
  }),
);
const opened: Authenticator[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-accounts-'));
  store = accountFile(directory);
  logged = '';
});
afterEach(async () => {
  for (const accounts of opened.splice(0)) accounts.close();
  await rm(directory, { recursive: true });
});

async function open({ demoUsers = false, hashing = scryptHashing(cheap), from = store, kept = true } = {}) {
  const clock = manualClock();
  const accounts = await createAuthenticator(
    { store: kept ? from : undefined, demoUsers, clock, logger },
    hashing,
  );
  opened.push(accounts);
  const login = async (name: string, pass = password, at = address): Promise<Login> =>
    accounts.authenticate({ name, password: pass, address: at });
  return { accounts, clock, login };
}

async function rejection(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => 'accepted',
    (error: unknown) => error,
  );
}

describe('a login', () => {
  beforeEach(async () => {
    await addUser(store, { name: 'Ann', password }, scryptHashing(cheap));
  });

  test('accepts any case of the name and returns the name as it was added', async () => {
    const { login } = await open();
    expect((await login('aNN')).name).toBe('Ann');
    expect((await login('Ann')).name).toBe('Ann');
  });

  test('is accepted at once if it is cached, in any case of the name and from any address', async () => {
    const { hashing, costs } = counted();
    const { accounts, login } = await open({ hashing });
    await login('Ann');
    for (const name of ['ann', 'ANN']) {
      const answer = accounts.authenticate({ name, password, address: '198.51.100.1' });
      expect(answer).not.toBeInstanceOf(Promise);
    }
    expect(costs).toHaveLength(1);
  });

  test('leaves the cache after five minutes without use, not before', async () => {
    const { hashing, costs } = counted();
    const { clock, login } = await open({ hashing });
    await login('ann');
    await clock.advance(299_000);
    await login('ann');
    await clock.advance(299_000);
    await login('ann');
    expect(costs).toHaveLength(1);
    await clock.advance(300_000);
    await login('ann');
    expect(costs).toHaveLength(2);
  });

  test('stays in the cache as long if the wall clock jumps', async () => {
    const { hashing, costs } = counted();
    const { clock, login } = await open({ hashing });
    await login('ann');
    clock.jump(3_600_000);
    await login('ann');
    clock.jump(-7_200_000);
    await login('ann');
    expect(costs).toHaveLength(1);
    await clock.advance(300_000);
    await login('ann');
    expect(costs).toHaveLength(2);
  });

  test('is rejected with a wrong password while the right one is cached', async () => {
    const { login } = await open();
    await login('ann');
    for (const wrong of ['', 'correct hors', 'correct horse ', 'Correct horse', 'x'.repeat(10_000)]) {
      expect(await rejection(login('ann', wrong, `198.51.100.${wrong.length % 200}`))).toMatchObject({
        code: 'login-refused',
      });
    }
    expect((await login('ann')).name).toBe('Ann');
  });

  test('costs one check and gets the same text for an unknown user, a wrong password and an invalid name', async () => {
    const { hashing, costs } = counted();
    const { login } = await open({ hashing });
    const errors = [
      await rejection(login('nobody')),
      await rejection(login('ann', 'wrong password')),
      await rejection(login('', '')),
      await rejection(login('a b\u0000', 'x')),
    ];
    expect(new Set(errors.map(String)).size).toBe(1);
    expect(errors[0]).toMatchObject({ code: 'login-refused' });
    expect(costs).toEqual([1, 1, 1, 1]);
  });

  test('costs as much for an unknown user as for a known one while the hashes differ in cost', async () => {
    await addUser(store, { name: 'bob', password }, scryptHashing({ ...cheap, logN: 2 }));
    const { hashing, costs } = counted({ ...cheap, logN: 2 });
    const { login } = await open({ hashing });
    const attempts = Array.from({ length: 40 }, (_, index) => `nobody-${index}`);
    for (const [index, name] of attempts.entries())
      await rejection(login(name, 'wrong', `198.51.100.${index}`));
    expect(new Set(costs)).toEqual(new Set([1, 2]));
    const first = [...costs];
    costs.length = 0;
    for (const [index, name] of attempts.entries())
      await rejection(login(name, 'again', `203.0.113.${index}`));
    expect(costs).toEqual(first);
  });

  test('is rejected unchecked beyond five checked and sixteen waiting attempts from its address', async () => {
    const { hashing, costs } = counted();
    const { accounts, login } = await open({ hashing });
    const guesses = Array.from({ length: 100 }, (_, index) => rejection(login('ann', `guess ${index}`)));
    await Promise.race(guesses.slice(-1));
    expect(costs).toHaveLength(5);
    accounts.close();
    const codes = (await Promise.all(guesses)).map((error) => (error as { code: string }).code);
    const count = (code: string) => codes.filter((each) => each === code).length;
    expect([count('login-refused'), count('shutting-down'), count('rate-limited')]).toEqual([5, 16, 79]);
  });

  test('shares its place in the login queue if it is repeated while it waits', async () => {
    const { hashing, costs } = counted();
    const { clock, login } = await open({ hashing });
    for (let count = 0; count < 5; count++) await rejection(login('ann', `guess ${count}`));
    const tries = Array.from({ length: 50 }, () => login('ann'));
    await clock.advance(1000);
    expect(new Set(await Promise.all(tries)).size).toBe(1);
    expect(costs).toHaveLength(6);
  });

  test('does not wait if it is cached, even at an address with failed attempts', async () => {
    const { accounts, login } = await open();
    await login('ann');
    for (let count = 0; count < 5; count++) await rejection(login('ann', `guess ${count}`));
    expect(accounts.authenticate({ name: 'ann', password, address })).not.toBeInstanceOf(Promise);
  });

  test('does not wait at an address used before while others guess, and waits at a new one', async () => {
    const { clock, login } = await open();
    await login('ann', password, '2001:db8::1');
    await clock.advance(301_000);
    for (let count = 0; count < 20; count++) await rejection(login('ann', 'guess', `198.51.100.${count}`));
    const elsewhere = login('ann', password, '203.0.113.5');
    expect((await login('ann', password, '2001:db8::2')).name).toBe('Ann');
    await clock.advance(1000);
    expect((await elsewhere).name).toBe('Ann');
  });

  test('is accepted with one check for each of two hundred users at one address', async () => {
    const hash = (await store.read()).accounts[0]?.passwordHash ?? '';
    const accounts = Array.from({ length: 200 }, (_, index) => ({
      id: ulid(),
      name: `user-${index}`,
      credentialVersion: `${index}`,
      passwordHash: hash,
    }));
    await store.update(() => ({ initialised: true, accounts, formerAccounts: [] }));
    const { hashing, costs } = counted();
    const { clock, login } = await open({ hashing });
    const start = clock.now();
    const logins = await Promise.all(accounts.map(({ name }) => login(name)));
    expect(logins.map(({ name }) => name)).toEqual(accounts.map(({ name }) => name));
    expect(costs).toHaveLength(200);
    expect(clock.now()).toBe(start);
  });
});

describe('a running server', () => {
  beforeEach(async () => {
    await addUser(store, { name: 'ann', password }, scryptHashing(cheap));
  });

  test('ends the logins of a removed user and rejects further ones', async () => {
    const { login } = await open();
    const { revoked } = await login('ann');
    await removeUser(accountFile(directory), 'ann');
    await aborted(revoked);
    expect(await rejection(login('ann'))).toMatchObject({ code: 'login-refused' });
  });

  test('ends the logins with a changed password, also if the same one is set again', async () => {
    const { login } = await open();
    const first = await login('ann');
    await setPassword(accountFile(directory), 'ANN', password, scryptHashing(cheap));
    await aborted(first.revoked);
    const second = await login('ann');
    expect(second.revoked.aborted).toBe(false);
    await setPassword(accountFile(directory), 'ann', 'another one', scryptHashing(cheap));
    await aborted(second.revoked);
    expect(await rejection(login('ann'))).toMatchObject({ code: 'login-refused' });
    expect((await login('ann', 'another one')).name).toBe('ann');
  });

  test('keeps the logins of other users when an account changes', async () => {
    await addUser(store, { name: 'bob', password }, scryptHashing(cheap));
    const { accounts, login } = await open();
    const [ann, bob] = [await login('ann'), await login('bob')];
    await removeUser(store, 'bob');
    await aborted(bob.revoked);
    expect(ann.revoked.aborted).toBe(false);
    expect(accounts.authenticate({ name: 'ann', password, address })).toBe(ann);
  });

  test('rejects a password that is changed while it is checked', async () => {
    const real = scryptHashing(cheap);
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let checks = 0;
    const hashing: PasswordHashing = {
      ...real,
      async verify(text, hash) {
        if (++checks === 2) await gate;
        return real.verify(text, hash);
      },
    };
    await addUser(store, { name: 'bob', password }, real);
    const { login } = await open({ hashing });
    const { revoked } = await login('bob');
    const ann = rejection(login('ann'));
    await settled();
    await removeUser(store, 'ann');
    await removeUser(store, 'bob');
    await aborted(revoked);
    go();
    expect(await ann).toMatchObject({ code: 'login-refused' });
  });

  test('keeps the last good accounts when the file breaks, and logs that without its content', async () => {
    const { login } = await open();
    await writeFile(join(directory, 'accounts.json'), 'top secret');
    while (!logged.includes('last good')) await once(events, 'logged');
    expect(logged).not.toContain('top secret');
    expect((await login('ann')).name).toBe('ann');
  });

  test('gives the accounts of an earlier version ids that stay, and stores them', async () => {
    const path = join(directory, 'accounts.json');
    // As version 0.1.0 wrote it.
    const account = `    {"name":"ann","passwordId":"01KB9Y6Z6T3E4RN4M6T2B9V0QW","passwordHash":"${await cheapHash()}"}`;
    await writeFile(path, `{\n  "version": 1,\n  "everAdded": true,\n  "accounts": [\n${account}\n  ]\n}\n`, {
      mode: 0o600,
    });
    const id = (await store.read()).accounts[0]?.id;
    const { login } = await open();
    expect((await login('ann')).name).toBe('ann');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      version: 2,
      accounts: [{ id, name: 'ann' }],
    });
    await open();
    expect((await store.read()).accounts[0]?.id).toBe(id);
  });

  test('does not start with a broken file', async () => {
    await writeFile(join(directory, 'accounts.json'), '{}');
    expect(await rejection(open())).toMatchObject({ code: 'data-directory' });
  });

  test('accepts the other users if an account is damaged, logs which, and rejects changes', async () => {
    await addUser(store, { name: 'bob', password }, scryptHashing(cheap));
    const path = join(directory, 'accounts.json');
    const damaged = (await readFile(path, 'utf8')).replace('"name":"bob"', '"name":"b\u00f6b"');
    await writeFile(path, damaged);
    const { login } = await open();
    expect((await login('ann')).name).toBe('ann');
    expect(await rejection(login('bob'))).toMatchObject({ code: 'login-refused' });
    expect(logged).toContain('the name of account 2');
    expect(await rejection(addUser(store, { name: 'carl', password }, scryptHashing(cheap)))).toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('account 2'),
    });
    expect(await readFile(path, 'utf8')).toBe(damaged);
  });

  test('ends the logins of a user whose account is damaged, and of no other user', async () => {
    await addUser(store, { name: 'bob', password }, scryptHashing(cheap));
    const { login } = await open();
    const [ann, bob] = [await login('ann'), await login('bob')];
    const path = join(directory, 'accounts.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"name":"bob"', '"name":7'));
    await aborted(bob.revoked);
    expect(ann.revoked.aborted).toBe(false);
  });

  test.each([
    '\u212Aate',
    'k\u0131te',
    'ka\uFF54e',
    'kate\u200B',
    'ka\u0000te',
    '\uD800',
    '__proto__',
    'constructor',
  ])('rejects a name that only looks like an existing one: %j', async (name) => {
    await addUser(store, { name: 'kate', password }, scryptHashing(cheap));
    const { login } = await open();
    expect(await rejection(login(name))).toMatchObject({ code: 'login-refused' });
  });

  test('rehashes a password at its next login after the cost is raised, and ends no login', async () => {
    const costly = scryptHashing({ ...cheap, logN: 2 });
    const seen: AccountsSnapshot[] = [];
    const observed: AccountStore = {
      ...store,
      watch: (changed, broken) =>
        store.watch((snapshot) => {
          changed(snapshot);
          seen.push(snapshot);
          events.emit('seen');
        }, broken),
    };
    const costOf = (snapshot: AccountsSnapshot | undefined) =>
      parsePasswordHash(snapshot?.accounts[0]?.passwordHash ?? '')?.cost;
    const { accounts, login } = await open({ hashing: costly, from: observed });
    const { revoked } = await login('ann');
    while (costOf(seen.at(-1))?.logN !== 2) await once(events, 'seen');
    expect(revoked.aborted).toBe(false);
    expect(accounts.authenticate({ name: 'ann', password, address })).not.toBeInstanceOf(Promise);
    const { login: later } = await open({ hashing: costly });
    expect((await later('ann')).name).toBe('ann');
  });

  test('does not restore a password that is changed while the old one is rehashed', async () => {
    const costly = scryptHashing({ ...cheap, logN: 2 });
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let updates = 0;
    const slow: AccountStore = {
      ...store,
      async update(change) {
        await gate;
        await store.update(change);
        updates++;
      },
    };
    const { login } = await open({ hashing: costly, from: slow });
    await login('ann');
    await setPassword(store, 'ann', 'another one', costly);
    const before = await store.read();
    go();
    while (updates === 0) await settled();
    expect(await store.read()).toEqual(before);
  });
});

describe('the demo users', () => {
  test('are user1 to user5 with qwerty without a store', async () => {
    const { login } = await open({ demoUsers: true, kept: false });
    expect((await login('USER3', 'qwerty')).name).toBe('user3');
    expect(await rejection(login('user6', 'qwerty'))).toMatchObject({ code: 'login-refused' });
  });

  test('do not exist unless they are enabled', async () => {
    const { login } = await open();
    expect(await rejection(login('user1', 'qwerty'))).toMatchObject({ code: 'login-refused' });
  });

  test('are removed with their logins when the first user is added', async () => {
    const { login } = await open({ demoUsers: true });
    const { revoked } = await login('user1', 'qwerty');
    await addUser(accountFile(directory), { name: 'ann', password }, scryptHashing(cheap));
    await aborted(revoked);
    expect(await rejection(login('user1', 'qwerty'))).toMatchObject({ code: 'login-refused' });
    expect((await login('ann')).name).toBe('ann');
  });

  test('do not return after every user is removed', async () => {
    await addUser(store, { name: 'ann', password }, scryptHashing(cheap));
    await removeUser(store, 'ann');
    const { login } = await open({ demoUsers: true });
    expect(await rejection(login('user1', 'qwerty'))).toMatchObject({ code: 'login-refused' });
  });
});
