import { ulid } from 'ulid';
import { ChatError } from '../../shared/errors.js';
import { findAccount, isFormerName, withAccount, withoutAccount, type Account } from './accounts-snapshot.js';
import { checkName, checkPassword } from './account-rules.js';
import type { AccountStore } from './account-store.js';
import { formatPasswordHash, scryptHashing, type PasswordHashing } from './password-hash.js';

/** A user to add. */
export type NewUser = {
  readonly name: string;
  readonly password: string;
  /** Allows a name that a removed user had. */
  readonly reuseName?: boolean;
};

/**
 * Throws `usage` for an invalid name or password, `already-exists` for a name in use in any case, and for one that was in
 * use, unless it may be reused.
 */
export async function addUser(
  store: AccountStore,
  { name, password, reuseName = false }: NewUser,
  hashing: PasswordHashing = scryptHashing(),
): Promise<void> {
  checkName(name);
  const credential = await newCredential(password, hashing);
  await store.update((snapshot) => {
    const existing = findAccount(snapshot, name);
    if (existing) {
      throw new ChatError('already-exists', `there is a user ${existing.name} already`, {
        hint: 'use chat users passwd to set a new password',
      });
    }
    if (!reuseName && isFormerName(snapshot, name)) {
      throw new ChatError('already-exists', `${name} was removed, and messages under this name remain`, {
        hint: 'choose another name, or give this one to a new account with --reuse-name',
      });
    }
    return withAccount(snapshot, { id: ulid(), name, ...credential });
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
    return withAccount(snapshot, { id: existing.id, name: existing.name, ...credential });
  });
}

export async function removeUser(store: AccountStore, name: string): Promise<void> {
  checkName(name);
  await store.update((snapshot) => {
    const account = findAccount(snapshot, name);
    if (!account) throw unknownUser(name);
    return withoutAccount(snapshot, account);
  });
}

export async function listUsers(store: AccountStore): Promise<string[]> {
  const { accounts } = await store.read();
  return accounts.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en'));
}

/** Hashing is slow, so it happens before the store is locked. */
async function newCredential(
  password: string,
  hashing: PasswordHashing,
): Promise<Pick<Account, 'credentialVersion' | 'passwordHash'>> {
  checkPassword(password);
  return { credentialVersion: ulid(), passwordHash: formatPasswordHash(await hashing.hash(password)) };
}

function unknownUser(name: string): ChatError {
  return new ChatError('not-found', `there is no user ${name}`, { hint: 'see chat users list' });
}
