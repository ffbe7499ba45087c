import type { Entry } from '../../messages/message-log.js';
import type { TailBufferLimits } from '../../messages/tail-buffer.js';
import { createLogTail, type LogTail } from '../log-tail.js';
import type { LastWritten, LevelStart } from './level-start.js';

/** The tail and the end of a log on disk. */
export type LevelTail = Omit<LogTail, 'advance'> & {
  /** The sequence of the next message; above `head() + 1` if the newest stored messages are damaged. */
  readonly next: () => number;
  readonly totalBytes: () => number;
  /** Makes flushed entries visible and wakes readers. `last` is the end of the log on disk after them. */
  readonly publish: (entries: readonly Entry[], last: LastWritten) => void;
};

/** Starts with a log as it was opened. */
export function createLevelTail(
  { oldest, newest, last: { sequence, ...last } }: LevelStart,
  limits?: TailBufferLimits,
): LevelTail {
  let next = Math.max(sequence + 1, oldest);
  let { totalBytes } = last;
  const head = newest.at(-1)?.sequence ?? oldest - 1;
  const { advance, ...tail } = createLogTail({ head, oldest, newest }, limits);

  return {
    ...tail,
    next: () => next,
    totalBytes: () => totalBytes,
    publish(entries, end) {
      advance(entries.at(-1)?.sequence ?? tail.head(), entries);
      next = Math.max(next, end.sequence + 1);
      totalBytes = Math.max(totalBytes, end.totalBytes);
      tail.appendSignal.notify();
    },
  };
}
