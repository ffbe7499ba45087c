import type { Logger } from 'pino';
import type { Clock } from '../shared/clock.js';
import type { DataDirectory } from './files/data-directory.js';
import { openLevelLog, type LevelLogReports } from './logs/level-log.js';
import { createMemoryLog } from './logs/memory-log.js';
import type { MessageLog } from './room/message-log.js';
import type { ServerOptions } from './server-options.js';

/** Opens the log that the options name; throws `data-directory`. */
export async function openLog(
  { store, keep, logger }: ServerOptions,
  directory: DataDirectory | undefined,
  clock: Clock,
): Promise<MessageLog> {
  if (store === 'memory' || !directory) return createMemoryLog({ clock, keep });
  return openLevelLog({ directory: directory.log, keep, clock, reports: reportsTo(logger) });
}

function reportsTo(logger: Logger): LevelLogReports {
  return {
    onHole: (hole) => logger.error(hole, 'messages are missing or damaged: restore them from a backup'),
    onUnwritable: (err) => logger.error({ err }, 'messages cannot be stored: sending is refused for now'),
    onWritable: () => logger.info('messages can be stored again'),
    onUpkeepFailed: (err) => logger.warn({ err }, 'upkeep of the message log failed'),
  };
}
