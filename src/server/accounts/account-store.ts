import type { ChatError } from '../../shared/errors.js';
import type { AccountsSnapshot } from './accounts-snapshot.js';

/** Where the accounts are kept: the file of one server, or a store shared by several. */
export type AccountStore = {
  /** Throws `data-directory` (file) or `store-unavailable` (NATS) if the accounts cannot be read. */
  read(): Promise<AccountsSnapshot>;
  /** Applies `change` to the newest accounts, atomic and durable; no write if it throws or returns its argument. */
  update(change: (snapshot: AccountsSnapshot) => AccountsSnapshot): Promise<void>;
  /** Calls `changed` within 1 s of a change, `broken` once per unreadable state. The returned function stops it. */
  watch(changed: (snapshot: AccountsSnapshot) => void, broken: (error: Error) => void): () => void;
  /** The error for a store without users although some were added: says where it is and what to do. */
  missing(): ChatError;
};
