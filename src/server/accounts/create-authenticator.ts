import { ChatError } from '../../shared/errors.js';
import {
  emptySnapshot,
  findAccount,
  nameKey,
  upgraded,
  withAccount,
  type AccountsSnapshot,
} from './accounts-snapshot.js';
import { isAccountName } from './account-rules.js';
import type { Authenticator, AuthenticatorOptions, Credentials, Login } from './authenticator.js';
import { addressKey } from '../net/address-key.js';
import { demoSnapshot } from './accounts-snapshot.js';
import { createAccountDirectory, type DirectoryAccount } from './account-directory.js';
import { createPasswordChecks } from './password-checks.js';
import {
  formatPasswordHash,
  needsRehash,
  scryptHashing,
  randomHash,
  type PasswordHash,
  type PasswordHashing,
} from './password-hash.js';
import { createCredentialDigest, isCached, cacheCredential } from './credential-cache.js';
import { createThrottle } from './login-throttle.js';

// Per user; the oldest is forgotten and then treated as a stranger's.
const maxKnownAddresses = 64;

/** Throws `data-directory` if the store cannot be read at the start; later it keeps the last accounts and logs why. */
export async function createAuthenticator(
  { store, demoUsers, clock, logger }: AuthenticatorOptions,
  hashing: PasswordHashing = scryptHashing(),
): Promise<Authenticator> {
  const effective = (snapshot: AccountsSnapshot) => {
    if (snapshot.damaged) {
      logger.error(
        { damaged: snapshot.damaged },
        'accounts are damaged: their users cannot log in until they are repaired',
      );
    }
    return demoUsers && !snapshot.initialised ? demoSnapshot : snapshot;
  };
  const first = (await store?.read()) ?? emptySnapshot;
  const directory = createAccountDirectory(effective(first));
  if (first.isOldFormat) {
    // Otherwise an older version could still change the accounts, and would drop their ids.
    await store
      ?.update(upgraded)
      .catch((error: unknown) => logger.warn({ err: error }, 'the accounts keep their old format'));
  }
  const unwatch = store?.watch(
    (snapshot) => directory.replace(effective(snapshot)),
    (error) => logger.error({ err: error }, 'the accounts cannot be read: the last good ones stay'),
  );
  const digestOf = createCredentialDigest();
  const checks = createPasswordChecks(hashing);
  const throttle = createThrottle(clock);
  const attempts = new Map<string, Promise<Login>>();
  const rehashing = new Set<DirectoryAccount>();

  function recall(key: string, digest: Buffer): DirectoryAccount | undefined {
    const account = directory.find(key);
    return account && isCached(account.cached, digest, clock.monotonicMs()) ? account : undefined;
  }

  function authenticate({ name, password, address }: Credentials): Login | Promise<Login> {
    const key = nameKey(name);
    const digest = digestOf(key, password);
    const account = recall(key, digest);
    if (account) {
      noteAddress(account, address);
      return account.login;
    }
    // A client that gave up and retries does not queue twice.
    const attemptKey = `${addressKey(address)} ${digest.toString('base64')}`;
    const same = attempts.get(attemptKey);
    if (same) return same;
    const attempt = check(key, digest, password, address).finally(() => attempts.delete(attemptKey));
    attempts.set(attemptKey, attempt);
    return attempt;
  }

  async function check(key: string, digest: Buffer, password: string, from: string): Promise<Login> {
    const address = addressKey(from);
    const release = await throttle.acquire({
      address,
      user: isAccountName(key) ? key : undefined,
      known: directory.find(key)?.knownAddresses.has(address) ?? false,
    });
    let failed = false;
    try {
      const account = recall(key, digest) ?? (await verified(key, digest, password));
      failed = account === undefined;
      if (!account || account.login.revoked.aborted) {
        throw new ChatError('login-refused', 'unknown user or wrong password');
      }
      account.cached = cacheCredential(digest, clock.monotonicMs());
      noteAddress(account, from);
      if (needsRehash(account.hash, hashing.cost)) void rehash(account, password);
      return account.login;
    } finally {
      release(failed);
    }
  }

  async function verified(
    key: string,
    digest: Buffer,
    password: string,
  ): Promise<DirectoryAccount | undefined> {
    const account = directory.find(key);
    const hash = account?.hash ?? dummyHash(key);
    const checkKey = `${account?.credentialVersion ?? ''} ${digest.toString('base64')}`;
    const right = await checks.check(checkKey, password, hash);
    return right ? account : undefined;
  }

  /** Costs the same in each attempt for one name, and as much as some account, so that timing reveals nothing. */
  function dummyHash(key: string): PasswordHash {
    const pick = digestOf(key, '').readUInt32BE();
    return randomHash(directory.costOfAny(pick) ?? hashing.cost);
  }

  async function rehash(account: DirectoryAccount, password: string): Promise<void> {
    if (!store || rehashing.has(account)) return;
    rehashing.add(account);
    try {
      const hash = await checks.hash(password);
      await store.update((snapshot) => {
        const kept = findAccount(snapshot, account.login.name);
        if (kept?.credentialVersion !== account.credentialVersion) return snapshot;
        return withAccount(snapshot, { ...kept, passwordHash: formatPasswordHash(hash) });
      });
      account.hash = hash;
    } catch (error) {
      logger.warn({ err: error }, 'a password could not be rehashed: its old hash is kept');
    } finally {
      rehashing.delete(account);
    }
  }

  return {
    authenticate,
    names: () => directory.names(),
    close() {
      unwatch?.();
      throttle.close();
    },
  };
}

function noteAddress(account: DirectoryAccount, address: string): void {
  if (account.lastAddress === address) return;
  account.lastAddress = address;
  const { knownAddresses } = account;
  const key = addressKey(address);
  knownAddresses.delete(key);
  knownAddresses.add(key);
  const [oldest] = knownAddresses;
  if (knownAddresses.size > maxKnownAddresses && oldest !== undefined) knownAddresses.delete(oldest);
}
