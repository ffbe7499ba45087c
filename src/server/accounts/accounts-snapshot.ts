/** One account as it is kept. */
export type Account = {
  /** As it was added; unique regardless of case. */
  readonly name: string;
  /** New whenever the password is set, so that a re-hashed password is told from a changed one. */
  readonly passwordId: string;
  /** The password's hash in PHC string format. */
  readonly passwordHash: string;
};

/** Everything that is kept about accounts. */
export type AccountBook = {
  /** True from the first added user on, also after all were removed: the demo users never come back. */
  readonly everAdded: boolean;
  readonly accounts: readonly Account[];
  /** What is wrong with further accounts that cannot be used, a sentence each, without what they hold. */
  readonly damaged?: readonly string[];
};

/** A server's accounts before any user was added. */
export const emptyBook: AccountBook = { everAdded: false, accounts: [] };

/** What makes two spellings of a name the same: only ASCII letters, since names have no others. */
export function nameKey(name: string): string {
  // toLowerCase would make an account's name of others, of the Kelvin sign for instance.
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Throws where the book has damaged accounts: what is written from it would lose them. */
export function requireUndamaged({ damaged = [] }: AccountBook): void {
  const [first] = damaged;
  if (first !== undefined) throw new Error(first);
}

/** The account of that name in any case. */
export function findAccount(book: AccountBook, name: string): Account | undefined {
  const key = nameKey(name);
  return book.accounts.find((account) => nameKey(account.name) === key);
}

/** The book with `account` in it, in place of one of the same name where there is one. */
export function withAccount({ accounts }: AccountBook, account: Account): AccountBook {
  const key = nameKey(account.name);
  const at = accounts.findIndex(({ name }) => nameKey(name) === key);
  return { everAdded: true, accounts: at < 0 ? [...accounts, account] : accounts.with(at, account) };
}

/** The book without the account of that name in any case. */
export function withoutAccount(book: AccountBook, name: string): AccountBook {
  const key = nameKey(name);
  return { ...book, accounts: book.accounts.filter((account) => nameKey(account.name) !== key) };
}

/**
 * scrypt of `qwerty`. The password is printed in every description of the Qt example, so a salt of its own
 * for each server would hide nothing; hashing it here instead of at start-up makes the start free.
 */
const qwertyHash = '$scrypt$ln=15,r=8,p=1$YJYp2S88ay1ayozIIkyugw$ZIFCY9TiKSItu8KANLsQ/RG/vlb+n0Nj8ZF/tFO8xoM';

/** The predefined users of the Qt example: `user1` to `user5`, each with the password `qwerty`. */
export const demoBook: AccountBook = {
  everAdded: false,
  accounts: ['user1', 'user2', 'user3', 'user4', 'user5'].map((name) => ({
    name,
    passwordId: 'demo',
    passwordHash: qwertyHash,
  })),
};
