import type { Logger } from 'pino';
import type { Clock } from '../shared/clock.js';
import { accountFile } from './accounts/account-file.js';
import type { AccountStore } from './accounts/account-store.js';
import type { DataDirectory } from './files/data-directory.js';
import { openLevelLog, type LevelLogReports } from './logs/level-log.js';
import { createMemoryLog } from './logs/memory-log.js';
import type { MessageLog } from './room/message-log.js';
import { createPresence, type Presence } from './room/presence.js';
import type { ServerOptions } from './server-options.js';

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

/**
 * Opens the store that the options name. Throws what keeps a NATS from being used: `unreachable`, `login-refused` or
 * `usage`.
 */
export async function openStore(options: ServerOptions, clock: Clock): Promise<Store> {
  const { store, dataDirectory, keep, logger } = options;
  if (typeof store === 'object') {
    // Its libraries load only where they are used.
    const { openNatsStore } = await import('./nats/nats-store.js');
    return openNatsStore(store, options, clock);
  }
  return {
    accounts: dataDirectory === undefined ? undefined : accountFile(dataDirectory),
    warnings: [],
    async openLog(directory) {
      if (store === 'memory' || !directory) return createMemoryLog({ clock, keep });
      return openLevelLog({ directory: directory.log, keep, clock, reports: reportsTo(logger) });
    },
    openPresence: () => ({ ...createPresence(), close: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
}

function reportsTo(logger: Logger): LevelLogReports {
  return {
    onHole: (hole) => logger.error(hole, 'messages are missing or damaged: restore them from a backup'),
    onUnwritable: (err) => logger.error({ err }, 'messages cannot be stored: sending is refused for now'),
    onWritable: () => logger.info('messages can be stored again'),
    onUpkeepFailed: (err) => logger.warn({ err }, 'upkeep of the message log failed'),
  };
}
