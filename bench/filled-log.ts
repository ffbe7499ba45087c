import { systemClock } from '../src/shared/clock.js';
import { openDataDirectory } from '../src/server/files/data-directory.js';
import { openLevelLog } from '../src/server/logs/level/level-log.js';
import type { Append } from '../src/server/messages/message-log.js';

const inFlight = 1000;

/** Writes a log of `count` entries into a data directory, as a server does without the network. */
export async function fillLog(data: string, count: number, entry: (index: number) => Append): Promise<void> {
  const fail = (what: unknown): never => {
    throw new Error('the log cannot be written', { cause: what });
  };
  const ignore = (): void => undefined;
  const reports = {
    ...{ onGap: fail, onUnwritable: fail, onUpkeepFailed: fail, onClockDoubted: fail },
    ...{ onRenewed: ignore, onReadOnly: ignore, onWritable: ignore, onClockBelieved: ignore },
  };
  const { log: directory } = await openDataDirectory(data);
  const log = await openLevelLog({ directory, clock: systemClock, reports });
  for (let first = 0; first < count; first += inFlight) {
    const length = Math.min(inFlight, count - first);
    await Promise.all(Array.from({ length }, (_, index) => log.append(entry(first + index))));
  }
  await log.close();
}
