import { droppedMessage } from '../messages/digests.js';
import type { Entry, MessageLog } from '../messages/message-log.js';
import { createTailBuffer, tailBufferLimits, type TailBuffer } from '../messages/tail-buffer.js';
import { createAppendSignal, type AppendSignal } from './append-signal.js';

/** What readers see of a log. */
export type LogTail = {
  readonly tailBuffer: TailBuffer;
  readonly appendSignal: AppendSignal;
  readonly head: () => number;
  /** The oldest sequence kept; may be above `head() + 1`. */
  readonly oldest: () => number;
  /** Makes entries visible up to `sequence`; the caller wakes the readers. */
  readonly advance: (sequence: number, entries: readonly Entry[]) => void;
  readonly dropBelow: (sequence: number) => void;
};

type TailStart = {
  readonly head: number;
  readonly oldest: number;
  /** Oldest first, up to `head`. */
  readonly newest: readonly Entry[];
};

/** Starts with the state of a log that was opened. */
export function createLogTail({ newest, ...start }: TailStart, limits = tailBufferLimits): LogTail {
  let { head, oldest } = start;
  const tailBuffer = createTailBuffer((newest[0]?.sequence ?? head + 1) - 1, limits);
  for (const entry of newest) tailBuffer.push(entry);

  return {
    tailBuffer,
    appendSignal: createAppendSignal(() => head),
    head: () => head,
    oldest: () => oldest,
    advance(sequence, entries) {
      for (const entry of entries) tailBuffer.push(entry);
      head = sequence;
    },
    dropBelow(sequence) {
      oldest = Math.max(oldest, sequence);
      tailBuffer.dropBelow(sequence);
    },
  };
}

/** The range and limits of one read from the store. */
export type EntryRange = {
  /** The lowest and the highest sequence, both included. */
  readonly from: number;
  readonly to: number;
  readonly newestFirst: boolean;
  readonly maxCount: number;
  /** In encoded bytes; at least one entry is read, however large. */
  readonly maxBytes: number;
  /** Only the messages of this room. */
  readonly room?: number | undefined;
};

type TailReader = Pick<
  MessageLog,
  'head' | 'oldest' | 'read' | 'readBefore' | 'isInMemory' | 'newestDropped' | 'waitAfter'
>;

/** Reads from memory if possible, otherwise from the store. */
export function createTailReader(
  { tailBuffer, appendSignal, head, oldest }: Omit<LogTail, 'advance'>,
  readStored: (range: EntryRange) => Promise<readonly Entry[]>,
): TailReader {
  const readOlder = async (after: number, maxBytes: number, room?: number): Promise<readonly Entry[]> => {
    const range = { from: after + 1, to: head(), newestFirst: false, maxCount: Infinity, maxBytes, room };
    const entries = await readStored(range);
    // If no stored entry is readable, continue in memory, so that no reader gets stuck.
    return entries.length > 0 ? entries : (tailBuffer.read(tailBuffer.from(), maxBytes, room) ?? []);
  };

  return {
    head,
    oldest: () => Math.min(oldest(), head() + 1),
    read(after, maxBytes, room) {
      if (after >= head()) return [];
      const kept = Math.max(after, oldest() - 1);
      return tailBuffer.read(kept, maxBytes, room) ?? readOlder(kept, maxBytes, room);
    },
    isInMemory: (after) => after >= head() || Math.max(after, oldest() - 1) >= tailBuffer.from(),
    async readBefore(before, maxCount, maxBytes, room) {
      const to = before === 0 ? head() : Math.min(before - 1, head());
      const { entries, isCut } = tailBuffer.readBefore(to + 1, maxCount, maxBytes, room);
      if (isCut || tailBuffer.from() < oldest()) return entries;
      return readStored({ from: oldest(), to, newestFirst: true, maxCount, maxBytes, room });
    },
    newestDropped: () => droppedMessage(tailBuffer.dropped()),
    waitAfter: appendSignal.wait,
  };
}
