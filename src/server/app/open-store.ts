import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import { accountFile } from '../accounts/account-file.js';
import { usersAddedFile } from '../accounts/users-added-file.js';
import { markUpgraded } from '../files/data-directory.js';
import { openLevelLog, type LevelLogReports } from '../logs/level/level-log.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createPresence, noPeers } from '../messages/presence.js';
import type { ServerOptions } from './server-options.js';
import type { Store } from './store.js';

/** Throws `unreachable`, `login-refused` or `usage` if NATS cannot be used. */
export async function openStore(options: ServerOptions, clock: Clock): Promise<Store> {
  const { store, dataDirectory, keep, newLog, tailLimits, logger } = options;
  if (typeof store === 'object') {
    // Loads the NATS libraries only if they are needed.
    const { openNatsStore } = await import('./nats-store.js');
    return openNatsStore(store, options, clock);
  }
  return {
    accounts: dataDirectory === undefined ? undefined : accountFile(dataDirectory),
    usersAdded: dataDirectory === undefined ? undefined : usersAddedFile(dataDirectory),
    warnings: [],
    async openLog(directory) {
      if (store === 'memory' || !directory) return createMemoryLog({ clock, keep });
      const reports = reportsTo(logger);
      const log = await openLevelLog({ directory: directory.log, keep, newLog, tailLimits, clock, reports });
      // On a full or read-only disk the log is not upgraded yet.
      if (log.storageProblem() === undefined) await markUpgraded(directory);
      return log;
    },
    openPresence: () => ({ ...createPresence(), peers: noPeers, close: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
}

function reportsTo(logger: Logger): LevelLogReports {
  return {
    onGap: (gap) => logger.error(gap, 'messages are missing or damaged: restore them from a backup'),
    onIndexRepaired: (count) =>
      logger.warn({ count }, 'the index of rooms was damaged and is complete again: check the disk'),
    onRenewed: (logId) =>
      logger.warn(
        { logId },
        'the log has a new id: every client reloads it. Start without --new-log next time',
      ),
    onReadOnly: (err) =>
      logger.error(
        { err },
        'the disk cannot be written: messages can be read, none can be sent until it can',
      ),
    onUnwritable: (err) => logger.error({ err }, 'messages cannot be stored: sending is refused for now'),
    onWritable: () => logger.info('messages can be stored again'),
    onClockDoubted: (aheadMs) =>
      logger.warn(
        { aheadMs },
        'the clock is further ahead than is plausible: no old messages are deleted until it is set right, or has run evenly for a day',
      ),
    onClockBelieved: () =>
      logger.info('the clock is plausible again: old messages are deleted as they come of age'),
    onUpkeepFailed: (err) => logger.warn({ err }, 'upkeep of the message log failed'),
  };
}
