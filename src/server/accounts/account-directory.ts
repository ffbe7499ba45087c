import { setMaxListeners } from 'node:events';
import { ChatError } from '../../shared/errors.js';
import { nameKey, type Account, type AccountBook } from './accounts-snapshot.js';
import type { Login } from './authenticator.js';
import { parsePasswordHash, type PasswordHash, type ScryptCost } from './password-hash.js';
import type { RememberedPassword } from './credential-cache.js';

/** An account as a running server knows it. A changed password makes another one. */
export type LiveAccount = {
  readonly login: Login;
  readonly passwordId: string;
  hash: PasswordHash;
  remembered: RememberedPassword | undefined;
  /** The newest address that it was used from, as it came. */
  lastAddress: string | undefined;
  /** The keys of addresses that logged in as this user. */
  readonly knownAddresses: Set<string>;
  revoke(): void;
};

/** The accounts of a running server. */
export type LiveAccounts = {
  /** The account of that name in any case. */
  find(key: string): LiveAccount | undefined;
  /** Takes over a newer book: who is no longer in it, or has another password, is revoked. */
  replace(book: AccountBook): void;
  /** What the hash of one of the accounts cost, if there is any; `pick`, a whole number from 0, says which. */
  costOfAny(pick: number): ScryptCost | undefined;
};

/** Makes the running server's accounts from a book. */
export function createLiveAccounts(first: AccountBook): LiveAccounts {
  let accounts = live(first, new Map());

  return {
    find: (key) => accounts.get(key),
    replace(book) {
      const before = accounts;
      accounts = live(book, before);
      for (const [key, account] of before) if (accounts.get(key) !== account) account.revoke();
    },
    costOfAny(pick) {
      const hashes = [...accounts.values()];
      return hashes[pick % hashes.length]?.hash.cost;
    },
  };
}

function live(book: AccountBook, before: ReadonlyMap<string, LiveAccount>): Map<string, LiveAccount> {
  return new Map(book.accounts.map((account) => [nameKey(account.name), liveAccount(account, before)]));
}

function liveAccount(account: Account, before: ReadonlyMap<string, LiveAccount>): LiveAccount {
  const hash = parsePasswordHash(account.passwordHash);
  if (!hash) throw new Error(`the password hash of ${account.name} cannot be read`);
  const same = before.get(nameKey(account.name));
  if (same?.passwordId === account.passwordId && same.login.name === account.name) {
    same.hash = hash;
    return same;
  }
  const revocation = new AbortController();
  // One listener for each open stream of this user.
  setMaxListeners(0, revocation.signal);
  return {
    login: { name: account.name, revoked: revocation.signal },
    passwordId: account.passwordId,
    hash,
    remembered: undefined,
    lastAddress: undefined,
    knownAddresses: new Set(),
    revoke() {
      revocation.abort(
        new ChatError('login-refused', 'the account was removed, or its password was changed'),
      );
    },
  };
}
