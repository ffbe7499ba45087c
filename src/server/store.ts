import type { AccountStore } from './accounts/account-store.js';
import type { DataDirectory } from './files/data-directory.js';
import type { MessageLog } from './room/message-log.js';
import type { Presence } from './room/presence.js';

/** Where a server keeps what lasts, and what it shares with the other servers of its room. */
export type Store = {
  /** Undefined: nowhere, so only the demo users can exist. */
  readonly accounts: AccountStore | undefined;
  /** What the operator should know, a sentence each. */
  readonly warnings: readonly string[];
  /** Opens the log; `directory` is the data directory, where there is one. */
  openLog(directory: DataDirectory | undefined): Promise<MessageLog>;
  /** Who is online in the room of that log. */
  openPresence(log: MessageLog): Presence & { close(): Promise<void> };
  /** After the log was closed. */
  close(): Promise<void>;
};
