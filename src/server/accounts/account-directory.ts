import { setMaxListeners } from 'node:events';
import { ChatError, revocations } from '../../shared/errors.js';
import { accountNames, type AccountNames } from './account-names.js';
import { nameKey, type Account, type AccountsSnapshot } from './accounts-snapshot.js';
import type { Login } from './authenticator.js';
import { parsePasswordHash, type PasswordHash, type ScryptCost } from './password-hash.js';
import type { CachedCredential } from './credential-cache.js';

/** An account in a running server. A new password replaces it with another object. */
export type DirectoryAccount = {
  readonly login: Login;
  readonly credentialVersion: string;
  hash: PasswordHash;
  cached: CachedCredential | undefined;
  lastAddress: string | undefined;
  /** Keys (`addressKey`) of the addresses that logged in as this user. */
  readonly knownAddresses: Set<string>;
  revoke(reason: keyof typeof revocations): void;
};

type AccountDirectory = {
  find(key: string): DirectoryAccount | undefined;
  /** The same object until the accounts change. */
  names(): AccountNames;
  /** Revokes accounts that are missing from the snapshot or have another password there. */
  replace(snapshot: AccountsSnapshot): void;
  /** The cost of one account's hash, chosen by `pick` (an integer from 0); undefined without accounts. */
  costOfAny(pick: number): ScryptCost | undefined;
};

/** Creates the directory from a snapshot. */
export function createAccountDirectory(first: AccountsSnapshot): AccountDirectory {
  let accounts = accountsByKey(first, new Map());
  let names = accountNames(first);

  return {
    find: (key) => accounts.get(key),
    names: () => names,
    replace(snapshot) {
      const before = accounts;
      accounts = accountsByKey(snapshot, before);
      names = accountNames(snapshot);
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
  if (
    same?.credentialVersion === account.credentialVersion &&
    same.login.account === account.id &&
    same.login.name === account.name
  ) {
    same.hash = hash;
    return same;
  }
  const revocation = new AbortController();
  // One listener for each open stream of this user.
  setMaxListeners(0, revocation.signal);
  return {
    login: { account: account.id, name: account.name, revoked: revocation.signal },
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
