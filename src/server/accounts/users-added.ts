import type { AccountsSnapshot } from './accounts-snapshot.js';
import type { AccountStore } from './account-store.js';

/** Records, apart from the accounts, that users were added: lost accounts must not bring the demo users back. */
export type UsersAddedNote = {
  isSet(): Promise<boolean>;
  /** Durable; may do nothing while there is no place for the note yet. */
  set(): Promise<void>;
};

export async function readNotedAccounts(
  store: AccountStore,
  note: UsersAddedNote,
): Promise<AccountsSnapshot> {
  const snapshot = await store.read();
  if (!snapshot.initialised && (await note.isSet())) throw store.missing();
  return snapshot;
}

/** Once users were seen, a store without users is an error. `warn` gets why the note is not set; changes retry. */
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
