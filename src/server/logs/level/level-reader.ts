import { ChatError } from '../../../shared/errors.js';
import type { Entry } from '../../room/message-log.js';
import { readEntries, type Hole, type ReadOptions } from './entry-reader.js';
import type { LevelTail } from './level-tail.js';
import type { OrderedStore } from './ordered-store.js';

/** What is read from. */
export type LevelReaderOptions = {
  readonly store: OrderedStore;
  readonly tail: LevelTail;
  readonly onHole: (hole: Hole) => void;
};

/** As `MessageLog` has it. */
export type LevelReader = {
  readonly read: (after: number, maxBytes: number) => readonly Entry[] | Promise<readonly Entry[]>;
  readonly readBefore: (before: number, maxCount: number, maxBytes: number) => Promise<readonly Entry[]>;
};

/** The reading half of a log on disk: from memory where that has the answer, else from the disk. */
export function createLevelReader({ store, tail, onHole }: LevelReaderOptions): LevelReader {
  const { recent, head, oldest } = tail;
  const readDisk = async (
    bounds: Omit<ReadOptions, 'from' | 'onHole'> & { from?: number },
  ): Promise<readonly Entry[]> => {
    try {
      return await readEntries(store, { from: oldest(), onHole, ...bounds });
    } catch (error) {
      if (error instanceof ChatError) throw error;
      throw new ChatError('store-unavailable', 'the message store cannot be read at the moment', {
        cause: error,
      });
    }
  };

  const readOlder = async (after: number, maxBytes: number): Promise<readonly Entry[]> => {
    const from = Math.max(after + 1, oldest());
    const entries = await readDisk({ from, to: head(), newestFirst: false, maxCount: Infinity, maxBytes });
    // If nothing on the disk can be read, the reader goes on with what memory has: it must never stand still.
    return entries.length > 0 ? entries : (recent.read(recent.from(), maxBytes) ?? []);
  };

  return {
    read: (after, maxBytes) =>
      after >= head() ? [] : (recent.read(after, maxBytes) ?? readOlder(after, maxBytes)),
    async readBefore(before, maxCount, maxBytes) {
      const to = before === 0 ? head() : Math.min(before - 1, head());
      const newest = recent.readBefore(to + 1, maxCount, maxBytes);
      const last = newest.at(-1);
      const isWhole =
        recent.from() < oldest() ||
        newest.length >= maxCount ||
        (last !== undefined && last.sequence > recent.from() + 1);
      return isWhole ? newest : await readDisk({ to, newestFirst: true, maxCount, maxBytes });
    },
  };
}
