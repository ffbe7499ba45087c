import type { Entry, MessageLog } from '../room/message-log.js';
import type { TailBuffer } from '../room/tail-buffer.js';

/** The range and the limits of one read from the store. */
export type EntryRange = {
  /** The lowest and the highest sequence, both included. */
  readonly from: number;
  readonly to: number;
  readonly newestFirst: boolean;
  readonly maxCount: number;
  /** In encoded bytes; at least one entry is read, however large. */
  readonly maxBytes: number;
};

type ReadableTail = {
  readonly tailBuffer: Pick<TailBuffer, 'read' | 'readBefore' | 'from'>;
  readonly head: () => number;
  readonly oldest: () => number;
};

type TailReader = Pick<MessageLog, 'read' | 'readBefore' | 'isInMemory'>;

/** From memory where possible, otherwise from the store. */
export function createTailReader(
  { tailBuffer, head, oldest }: ReadableTail,
  readStored: (range: EntryRange) => Promise<readonly Entry[]>,
): TailReader {
  const readOlder = async (after: number, maxBytes: number): Promise<readonly Entry[]> => {
    const from = Math.max(after + 1, oldest());
    const entries = await readStored({
      from,
      to: head(),
      newestFirst: false,
      maxCount: Infinity,
      maxBytes,
    });
    // If nothing stored can be read, continue with what is in memory: a reader must never be stuck.
    return entries.length > 0 ? entries : (tailBuffer.read(tailBuffer.from(), maxBytes) ?? []);
  };

  return {
    read: (after, maxBytes) =>
      after >= head() ? [] : (tailBuffer.read(after, maxBytes) ?? readOlder(after, maxBytes)),
    isInMemory: (after) => after >= head() || after >= tailBuffer.from(),
    async readBefore(before, maxCount, maxBytes) {
      const to = before === 0 ? head() : Math.min(before - 1, head());
      const newest = tailBuffer.readBefore(to + 1, maxCount, maxBytes);
      const last = newest.at(-1);
      const isComplete =
        tailBuffer.from() < oldest() ||
        newest.length >= maxCount ||
        (last !== undefined && last.sequence > tailBuffer.from() + 1);
      return isComplete ? newest : readStored({ from: oldest(), to, newestFirst: true, maxCount, maxBytes });
    },
  };
}
