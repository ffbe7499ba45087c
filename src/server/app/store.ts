import type { AccountStore } from '../accounts/account-store.js';
import type { UsersAddedNote } from '../accounts/users-added.js';
import type { DataDirectory } from '../files/data-directory.js';
import type { AccountStateStore, MessageLog, RoomStateStore } from '../messages/message-log.js';
import type { Peers, Presence } from '../messages/presence.js';

/** A log with what is stored beside it. */
export type StoredLog = MessageLog & {
  /** A durable log contains its own note that users were added, which a copy of the log keeps. */
  readonly usersAdded?: UsersAddedNote;
  /** Absent if the log is in memory only. */
  readonly roomState?: RoomStateStore;
  readonly accountState: AccountStateStore;
};

/** What a server stores, and shares with its peer servers. */
export type Store = {
  /** Undefined: only the demo users can exist. */
  readonly accounts: AccountStore | undefined;
  readonly usersAdded: UsersAddedNote | undefined;
  readonly warnings: readonly string[];
  openLog(directory: DataDirectory | undefined): Promise<StoredLog>;
  openPresence(log: MessageLog): Presence & { readonly peers: Peers; close(): Promise<void> };
  /** Called after the log was closed. */
  close(): Promise<void>;
};
