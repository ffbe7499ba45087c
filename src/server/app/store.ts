import type { AccountStore } from '../accounts/account-store.js';
import type { UsersAddedNote } from '../accounts/users-added.js';
import type { DataDirectory } from '../files/data-directory.js';
import type { MessageLog } from '../room/message-log.js';
import type { Presence } from '../room/presence.js';

/** A log, with a note of its own that users were added where it lasts: a copy of the log alone has it too. */
export type StoredLog = MessageLog & { readonly usersAdded?: UsersAddedNote };

/** Where a server keeps what lasts, and what it shares with the other servers of its room. */
export type Store = {
  /** Undefined: nowhere, so only the demo users can exist. */
  readonly accounts: AccountStore | undefined;
  /** Where it is noted, apart from the accounts, that users were added; undefined where there are no accounts. */
  readonly usersAdded: UsersAddedNote | undefined;
  /** What the operator should know, a sentence each. */
  readonly warnings: readonly string[];
  /** Opens the log; `directory` is the data directory, where there is one. */
  openLog(directory: DataDirectory | undefined): Promise<StoredLog>;
  /** Who is online in the room of that log. */
  openPresence(log: MessageLog): Presence & { close(): Promise<void> };
  /** After the log was closed. */
  close(): Promise<void>;
};
