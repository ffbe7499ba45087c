/** A stored account. */
export type Account = {
  /** A ULID that no other account ever has, whatever its name. */
  readonly id: string;
  /** In the case in which it was added; unique regardless of case. */
  readonly name: string;
  /** Changes when the password is set, but not when it is only rehashed. */
  readonly credentialVersion: string;
  readonly passwordHash: string;
};

/** An account that was removed. Its messages remain under its name. */
export type FormerAccount = Pick<Account, 'id' | 'name'>;

/** All stored accounts. */
export type AccountsSnapshot = {
  /** True from the first added user on, even when all are removed: the demo users never come back. */
  readonly initialised: boolean;
  readonly accounts: readonly Account[];
  readonly formerAccounts: readonly FormerAccount[];
  /** True if it was stored by a version without account ids. */
  readonly isOldFormat?: boolean;
  /** Problems of accounts that cannot be used, one sentence each, without their contents. */
  readonly damaged?: readonly string[];
};

export const emptySnapshot: AccountsSnapshot = { initialised: false, accounts: [], formerAccounts: [] };

export function nameKey(name: string): string {
  // Not toLowerCase, which maps some other letters to ASCII, such as the Kelvin sign.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Writing a snapshot with damaged accounts would lose them. */
export function requireUndamaged({ damaged = [] }: AccountsSnapshot): void {
  const [first] = damaged;
  if (first !== undefined) throw new Error(first);
}

export function findAccount(snapshot: AccountsSnapshot, name: string): Account | undefined {
  const key = nameKey(name);
  return snapshot.accounts.find((account) => nameKey(account.name) === key);
}

/** Whether an account of that name was removed. */
export function isFormerName({ formerAccounts }: AccountsSnapshot, name: string): boolean {
  const key = nameKey(name);
  return formerAccounts.some((former) => nameKey(former.name) === key);
}

/** Adds the account, or replaces the one of the same name. */
export function withAccount(
  { accounts, formerAccounts }: AccountsSnapshot,
  account: Account,
): AccountsSnapshot {
  const key = nameKey(account.name);
  const at = accounts.findIndex(({ name }) => nameKey(name) === key);
  return {
    initialised: true,
    accounts: at < 0 ? [...accounts, account] : accounts.with(at, account),
    formerAccounts,
  };
}

/** Removes the account and keeps its id and name as those of a former one. */
export function withoutAccount(
  { initialised, accounts, formerAccounts }: AccountsSnapshot,
  { id, name }: Account,
): AccountsSnapshot {
  return {
    initialised,
    accounts: accounts.filter((account) => account.id !== id),
    formerAccounts: [...formerAccounts, { id, name }],
  };
}

/** The same accounts in today's format. */
export function upgraded(snapshot: AccountsSnapshot): AccountsSnapshot {
  if (!snapshot.isOldFormat) return snapshot;
  const { initialised, accounts, formerAccounts } = snapshot;
  return { initialised, accounts, formerAccounts };
}

/** scrypt of `qwerty`. The password is public, so a salt per server would hide nothing; a constant saves time. */
const qwertyHash = '$scrypt$ln=15,r=8,p=1$YJYp2S88ay1ayozIIkyugw$ZIFCY9TiKSItu8KANLsQ/RG/vlb+n0Nj8ZF/tFO8xoM';

export const demoSnapshot: AccountsSnapshot = {
  initialised: false,
  accounts: ['user1', 'user2', 'user3', 'user4', 'user5'].map((name, index) => ({
    id: String(index + 1).padStart(26, '0'),
    name,
    credentialVersion: 'demo',
    passwordHash: qwertyHash,
  })),
  formerAccounts: [],
};
