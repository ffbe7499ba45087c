import { ulid } from 'ulid';
import { ChatError } from '../../shared/errors.js';
import { findAccount, withAccount, withoutAccount, type Account } from './accounts-snapshot.js';
import { checkName, checkPassword } from './account-rules.js';
import type { AccountStore } from './account-store.js';
import { formatPasswordHash, scryptHashing, type PasswordHashing } from './password-hash.js';

/** Throws `usage` for an invalid name or password, `already-exists` for a name in use in any case. */
export async function addUser(
  store: AccountStore,
  name: string,
  password: string,
  hashing: PasswordHashing = scryptHashing(),
): Promise<void> {
  checkName(name);
  const credential = await newCredential(password, hashing);
  await store.update((snapshot) => {
    const existing = findAccount(snapshot, name);
    if (!existing) return withAccount(snapshot, { name, ...credential });
    throw new ChatError('already-exists', `there is a user ${existing.name} already`, {
      hint: 'use chat users passwd to set a new password',
    });
  });
}

/** Sets a password, which revokes the user's logins. Throws `usage` or `not-found`. */
export async function setPassword(
  store: AccountStore,
  name: string,
  password: string,
  hashing: PasswordHashing = scryptHashing(),
): Promise<void> {
  checkName(name);
  const credential = await newCredential(password, hashing);
  await store.update((snapshot) => {
    const existing = findAccount(snapshot, name);
    if (!existing) throw unknownUser(name);
    return withAccount(snapshot, { name: existing.name, ...credential });
  });
}

export async function removeUser(store: AccountStore, name: string): Promise<void> {
  checkName(name);
  await store.update((snapshot) => {
    if (!findAccount(snapshot, name)) throw unknownUser(name);
    return withoutAccount(snapshot, name);
  });
}

export async function listUsers(store: AccountStore): Promise<string[]> {
  const { accounts } = await store.read();
  return accounts.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en'));
}

/** Hashing is slow, so it happens before the store is locked. */
async function newCredential(password: string, hashing: PasswordHashing): Promise<Omit<Account, 'name'>> {
  checkPassword(password);
  return { credentialVersion: ulid(), passwordHash: formatPasswordHash(await hashing.hash(password)) };
}

function unknownUser(name: string): ChatError {
  return new ChatError('not-found', `there is no user ${name}`, { hint: 'see chat users list' });
}
