import type { Entry } from '../../room/message-log.js';
import { createTailBuffer, tailBufferLimits, type TailBuffer } from '../../room/tail-buffer.js';
import type { LastWritten, LevelStart } from './level-start.js';
import { createAppendSignal, type AppendSignal } from '../append-signal.js';

/** What readers see of the log. */
export type LevelTail = {
  readonly tailBuffer: TailBuffer;
  readonly appendSignal: Pick<AppendSignal, 'wait' | 'close'>;
  readonly head: () => number;
  readonly oldest: () => number;
  /** The sequence of the next message; above `head() + 1` if the newest stored messages are damaged. */
  readonly next: () => number;
  readonly totalBytes: () => number;
  /** Makes flushed entries visible and wakes readers. `last` is the end of the log on disk after them. */
  readonly publish: (entries: readonly Entry[], last: LastWritten) => void;
  readonly dropBelow: (sequence: number) => void;
};

/** Starts with a log as it was opened. */
export function createLevelTail(start: LevelStart): LevelTail {
  let { oldest } = start;
  let next = Math.max(start.last.sequence + 1, oldest);
  let head = start.newest.at(-1)?.sequence ?? oldest - 1;
  let { totalBytes } = start.last;
  const tailBuffer = createTailBuffer((start.newest[0]?.sequence ?? next) - 1, tailBufferLimits);
  for (const entry of start.newest) tailBuffer.push(entry);
  const appendSignal = createAppendSignal(() => head);

  return {
    tailBuffer,
    appendSignal,
    head: () => head,
    oldest: () => oldest,
    next: () => next,
    totalBytes: () => totalBytes,
    publish(entries, last) {
      for (const entry of entries) tailBuffer.push(entry);
      head = entries.at(-1)?.sequence ?? head;
      next = Math.max(next, last.sequence + 1);
      totalBytes = Math.max(totalBytes, last.totalBytes);
      appendSignal.notify();
    },
    dropBelow(sequence) {
      oldest = sequence;
      tailBuffer.dropBelow(sequence);
    },
  };
}
