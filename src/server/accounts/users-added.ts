import type { AccountsSnapshot } from './accounts-snapshot.js';
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
export async function readNotedAccounts(
  store: AccountStore,
  note: UsersAddedNote,
): Promise<AccountsSnapshot> {
  const snapshot = await store.read();
  if (!snapshot.initialised && (await note.isSet())) throw store.missing();
  return snapshot;
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
      const snapshot = await readNotedAccounts(store, note);
      if (snapshot.initialised) await keep();
      return snapshot;
    },
    async update(change) {
      let after: AccountsSnapshot | undefined;
      await store.update((snapshot) => (after = change(snapshot)));
      if (after?.initialised) await keep();
    },
    watch: (changed, broken) =>
      store.watch((snapshot) => {
        if (snapshot.initialised) void keep();
        else if (seen) throw store.missing();
        changed(snapshot);
      }, broken),
  };
}
