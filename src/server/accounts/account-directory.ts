import { setMaxListeners } from 'node:events';
import { ChatError, revocations } from '../../shared/errors.js';
import { nameKey, type Account, type AccountsSnapshot } from './accounts-snapshot.js';
import type { Login } from './authenticator.js';
import { parsePasswordHash, type PasswordHash, type ScryptCost } from './password-hash.js';
import type { CachedCredential } from './credential-cache.js';

/** An account as a running server knows it. A changed password makes another one. */
export type DirectoryAccount = {
  readonly login: Login;
  readonly credentialVersion: string;
  hash: PasswordHash;
  cached: CachedCredential | undefined;
  /** The newest address that it was used from, as it came. */
  lastAddress: string | undefined;
  /** The keys of addresses that logged in as this user. */
  readonly knownAddresses: Set<string>;
  revoke(reason: keyof typeof revocations): void;
};

/** The accounts of a running server. */
export type AccountDirectory = {
  /** The account of that name in any case. */
  find(key: string): DirectoryAccount | undefined;
  /** Takes over a newer book: who is no longer in it, or has another password, is revoked. */
  replace(snapshot: AccountsSnapshot): void;
  /** What the hash of one of the accounts cost, if there is any; `pick`, a whole number from 0, says which. */
  costOfAny(pick: number): ScryptCost | undefined;
};

/** Makes the running server's accounts from a snapshot. */
export function createAccountDirectory(first: AccountsSnapshot): AccountDirectory {
  let accounts = accountsByKey(first, new Map());

  return {
    find: (key) => accounts.get(key),
    replace(snapshot) {
      const before = accounts;
      accounts = accountsByKey(snapshot, before);
      for (const [key, account] of before) {
        const now = accounts.get(key);
        if (now !== account) account.revoke(now ? 'passwordChanged' : 'removed');
      }
    },
    costOfAny(pick) {
      const hashes = [...accounts.values()];
      return hashes[pick % hashes.length]?.hash.cost;
    },
  };
}

function accountsByKey(
  snapshot: AccountsSnapshot,
  before: ReadonlyMap<string, DirectoryAccount>,
): Map<string, DirectoryAccount> {
  return new Map(
    snapshot.accounts.map((account) => [nameKey(account.name), directoryAccount(account, before)]),
  );
}

function directoryAccount(account: Account, before: ReadonlyMap<string, DirectoryAccount>): DirectoryAccount {
  const hash = parsePasswordHash(account.passwordHash);
  if (!hash) throw new Error(`the password hash of ${account.name} cannot be read`);
  const same = before.get(nameKey(account.name));
  if (same?.credentialVersion === account.credentialVersion && same.login.name === account.name) {
    same.hash = hash;
    return same;
  }
  const revocation = new AbortController();
  // One listener for each open stream of this user.
  setMaxListeners(0, revocation.signal);
  return {
    login: { name: account.name, revoked: revocation.signal },
    credentialVersion: account.credentialVersion,
    hash,
    cached: undefined,
    lastAddress: undefined,
    knownAddresses: new Set(),
    revoke(reason) {
      revocation.abort(new ChatError('login-refused', revocations[reason]));
    },
  };
}
