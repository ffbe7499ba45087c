import type { ChatError } from '../../shared/errors.js';
import type { AccountsSnapshot } from './accounts-snapshot.js';

/** Where the accounts are kept: the file of one server, or a store that several servers share. */
export type AccountStore = {
  /** The accounts as they are now. Throws `data-directory`, or `store-unavailable` for a shared store, where they cannot be read. */
  read(): Promise<AccountsSnapshot>;
  /**
   * Applies `change` to the newest accounts and keeps the result durably; no other writer comes between.
   * What `change` throws is passed on and nothing is written; the same book returned writes nothing either.
   */
  update(change: (snapshot: AccountsSnapshot) => AccountsSnapshot): Promise<void>;
  /**
   * Calls `changed` within a second after another writer changed the accounts, and `broken` once where what is
   * there now cannot be read. The returned function stops it.
   */
  watch(changed: (snapshot: AccountsSnapshot) => void, broken: (error: Error) => void): () => void;
  /** What to throw where users were added once and now there is nothing: it says where they were, and what to do. */
  missing(): ChatError;
};
