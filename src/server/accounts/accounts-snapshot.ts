/** One account as it is kept. */
export type Account = {
  /** As it was added; unique regardless of case. */
  readonly name: string;
  /** New whenever the password is set, so that a re-hashed password is told from a changed one. */
  readonly credentialVersion: string;
  /** The password's hash in PHC string format. */
  readonly passwordHash: string;
};

/** Everything that is kept about accounts. */
export type AccountsSnapshot = {
  /** True from the first added user on, also after all were removed: the demo users never come back. */
  readonly initialised: boolean;
  readonly accounts: readonly Account[];
  /** What is wrong with further accounts that cannot be used, a sentence each, without what they hold. */
  readonly damaged?: readonly string[];
};

/** A server's accounts before any user was added. */
export const emptySnapshot: AccountsSnapshot = { initialised: false, accounts: [] };

/** What makes two spellings of a name the same: only ASCII letters, since names have no others. */
export function nameKey(name: string): string {
  // toLowerCase would make an account's name of others, of the Kelvin sign for instance.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Throws where the snapshot has damaged accounts: what is written from it would lose them. */
export function requireUndamaged({ damaged = [] }: AccountsSnapshot): void {
  const [first] = damaged;
  if (first !== undefined) throw new Error(first);
}

export function findAccount(snapshot: AccountsSnapshot, name: string): Account | undefined {
  const key = nameKey(name);
  return snapshot.accounts.find((account) => nameKey(account.name) === key);
}

/** The snapshot with `account` in it, in place of one of the same name where there is one. */
export function withAccount({ accounts }: AccountsSnapshot, account: Account): AccountsSnapshot {
  const key = nameKey(account.name);
  const at = accounts.findIndex(({ name }) => nameKey(name) === key);
  return { initialised: true, accounts: at < 0 ? [...accounts, account] : accounts.with(at, account) };
}

export function withoutAccount(snapshot: AccountsSnapshot, name: string): AccountsSnapshot {
  const key = nameKey(name);
  return { ...snapshot, accounts: snapshot.accounts.filter((account) => nameKey(account.name) !== key) };
}

/**
 * scrypt of `qwerty`. The password is printed in every description of the Qt example, so a salt of its own
 * for each server would hide nothing; hashing it here instead of at start-up makes the start free.
 */
const qwertyHash = '$scrypt$ln=15,r=8,p=1$YJYp2S88ay1ayozIIkyugw$ZIFCY9TiKSItu8KANLsQ/RG/vlb+n0Nj8ZF/tFO8xoM';

/** The predefined users of the Qt example: `user1` to `user5`, each with the password `qwerty`. */
export const demoSnapshot: AccountsSnapshot = {
  initialised: false,
  accounts: ['user1', 'user2', 'user3', 'user4', 'user5'].map((name) => ({
    name,
    credentialVersion: 'demo',
    passwordHash: qwertyHash,
  })),
};
