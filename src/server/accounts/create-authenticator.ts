import { ChatError } from '../../shared/errors.js';
import { emptyBook, findAccount, nameKey, withAccount, type AccountBook } from './accounts-snapshot.js';
import { isAccountName } from './account-rules.js';
import type { Accounts, AccountsOptions, Credentials, Login } from './authenticator.js';
import { addressKey } from '../net/address-key.js';
import { demoBook } from './accounts-snapshot.js';
import { createLiveAccounts, type LiveAccount } from './account-directory.js';
import { createPasswordChecks } from './password-checks.js';
import {
  formatPasswordHash,
  needsRehash,
  scryptHashing,
  unmatchableHash,
  type PasswordHash,
  type PasswordHashing,
} from './password-hash.js';
import { createPasswordDigest, recallsPassword, rememberPassword } from './credential-cache.js';
import { createThrottle } from './login-throttle.js';

// So many addresses that one user comes from are told apart from strangers' while someone guesses passwords.
const maxKnownAddresses = 64;

/**
 * The accounts of a running server, kept up to date with the store. Throws `data-directory` where the store
 * cannot be read; what breaks later is logged, and the last good accounts stay.
 */
export async function createAccounts(
  { store, demoUsers, clock, logger }: AccountsOptions,
  hashing: PasswordHashing = scryptHashing(),
): Promise<Accounts> {
  const effective = (book: AccountBook) => {
    if (book.damaged) {
      logger.error(
        { damaged: book.damaged },
        'accounts are damaged: their users cannot log in until they are repaired',
      );
    }
    return demoUsers && !book.everAdded ? demoBook : book;
  };
  const live = createLiveAccounts(effective((await store?.read()) ?? emptyBook));
  const unwatch = store?.watch(
    (book) => live.replace(effective(book)),
    (error) => logger.error({ err: error }, 'the accounts cannot be read: the last good ones stay'),
  );
  const digestOf = createPasswordDigest();
  const checks = createPasswordChecks(hashing);
  const throttle = createThrottle(clock);
  const attempts = new Map<string, Promise<Login>>();
  const rehashing = new Set<LiveAccount>();

  function recall(key: string, digest: Buffer): LiveAccount | undefined {
    const account = live.find(key);
    return account && recallsPassword(account.remembered, digest, clock.monotonicMs()) ? account : undefined;
  }

  function authenticate({ name, password, address }: Credentials): Login | Promise<Login> {
    const key = nameKey(name);
    const digest = digestOf(key, password);
    const account = recall(key, digest);
    if (account) {
      noteAddress(account, address);
      return account.login;
    }
    // A client that gave up and tries again takes no second place in the line.
    const attemptKey = `${addressKey(address)} ${digest.toString('base64')}`;
    const same = attempts.get(attemptKey);
    if (same) return same;
    const attempt = check(key, digest, password, address).finally(() => attempts.delete(attemptKey));
    attempts.set(attemptKey, attempt);
    return attempt;
  }

  async function check(key: string, digest: Buffer, password: string, from: string): Promise<Login> {
    const address = addressKey(from);
    const leave = await throttle.enter({
      address,
      user: isAccountName(key) ? key : undefined,
      known: live.find(key)?.knownAddresses.has(address) ?? false,
    });
    let failed = false;
    try {
      const account = recall(key, digest) ?? (await verified(key, digest, password));
      failed = account === undefined;
      if (!account || account.login.revoked.aborted) {
        throw new ChatError('login-refused', 'unknown user or wrong password');
      }
      account.remembered = rememberPassword(digest, clock.monotonicMs());
      noteAddress(account, from);
      if (needsRehash(account.hash, hashing.cost)) void rehash(account, password);
      return account.login;
    } finally {
      leave(failed);
    }
  }

  /** The account, if the password is its own; a name without one takes the same work. */
  async function verified(key: string, digest: Buffer, password: string): Promise<LiveAccount | undefined> {
    const account = live.find(key);
    const hash = account?.hash ?? standIn(key);
    const checkKey = `${account?.passwordId ?? ''} ${digest.toString('base64')}`;
    const right = await checks.check(checkKey, password, hash);
    return right ? account : undefined;
  }

  /** Always at the cost of the same account, so that an unknown name's time is one that a known one has too. */
  function standIn(key: string): PasswordHash {
    const pick = digestOf(key, '').readUInt32BE();
    return unmatchableHash(live.costOfAny(pick) ?? hashing.cost);
  }

  async function rehash(account: LiveAccount, password: string): Promise<void> {
    if (!store || rehashing.has(account)) return;
    rehashing.add(account);
    try {
      const hash = await checks.hash(password);
      await store.update((book) => {
        const kept = findAccount(book, account.login.name);
        // Removed, or another password meanwhile: there is nothing to renew.
        if (kept?.passwordId !== account.passwordId) return book;
        return withAccount(book, { ...kept, passwordHash: formatPasswordHash(hash) });
      });
      account.hash = hash;
    } catch (error) {
      logger.warn({ err: error }, 'a password could not be hashed anew: its old hash stays');
    } finally {
      rehashing.delete(account);
    }
  }

  return {
    authenticate,
    close() {
      unwatch?.();
      throttle.close();
    },
  };
}

/** Keeps the address as one that logged in as this user; the oldest goes when there are too many. */
function noteAddress(account: LiveAccount, address: string): void {
  if (account.lastAddress === address) return;
  account.lastAddress = address;
  const { knownAddresses } = account;
  const key = addressKey(address);
  knownAddresses.delete(key);
  knownAddresses.add(key);
  const [oldest] = knownAddresses;
  if (knownAddresses.size > maxKnownAddresses && oldest !== undefined) knownAddresses.delete(oldest);
}
