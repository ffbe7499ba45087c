import type { AccountBook } from './accounts-snapshot.js';
import type { AccountStore } from './account-store.js';

/**
 * A note that users were added once, kept apart from the accounts: so accounts that get lost are not taken for accounts
 * that never were, which would let the demo users in.
 */
export type UsersAddedNote = {
  isSet(): Promise<boolean>;
  /** Keeps the note durably; may do nothing where there is no place for it yet. */
  set(): Promise<void>;
};

/** The accounts as they are now. Throws what `missing` gives where there are none although the note is set. */
export async function readNotedAccounts(store: AccountStore, note: UsersAddedNote): Promise<AccountBook> {
  const book = await store.read();
  if (!book.everAdded && (await note.isSet())) throw store.missing();
  return book;
}

/**
 * The store, with a note that is set as soon as users are seen in it. From then on a store without accounts that were
 * ever added is an error, also for a watcher. `warn` is told why the note cannot be kept; that is tried again with
 * the next change.
 */
export function withUsersAddedNote(
  store: AccountStore,
  note: UsersAddedNote,
  warn: (error: unknown) => void,
): AccountStore {
  let seen = false;
  let kept = false;

  async function keep(): Promise<void> {
    seen = true;
    if (kept) return;
    try {
      kept = await note.isSet();
      if (!kept) await note.set();
    } catch (error) {
      warn(error);
    }
  }

  return {
    ...store,
    async read() {
      const book = await readNotedAccounts(store, note);
      if (book.everAdded) await keep();
      return book;
    },
    async update(change) {
      let after: AccountBook | undefined;
      await store.update((book) => (after = change(book)));
      if (after?.everAdded) await keep();
    },
    watch: (changed, broken) =>
      store.watch((book) => {
        if (book.everAdded) void keep();
        else if (seen) throw store.missing();
        changed(book);
      }, broken),
  };
}
