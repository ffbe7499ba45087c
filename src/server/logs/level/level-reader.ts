import { ChatError } from '../../../shared/errors.js';
import type { Entry, MessageLog } from '../../room/message-log.js';
import { readBackward, undamagedValues, type BackwardOptions } from './backward.js';
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
export type LevelReader = Required<Pick<MessageLog, 'read' | 'readBefore' | 'backward'>>;

/** The reading half of a log on disk: from memory where that has the answer, else from the disk. */
export function createLevelReader({ store, tail, onHole }: LevelReaderOptions): LevelReader {
  const { recent, head, oldest } = tail;
  const readDisk = (
    bounds: Omit<ReadOptions, 'from' | 'onHole'> & { from?: number },
  ): Promise<readonly Entry[]> => answering(readEntries(store, { from: oldest(), onHole, ...bounds }));

  const readOlder = async (after: number, maxBytes: number): Promise<readonly Entry[]> => {
    const from = Math.max(after + 1, oldest());
    const entries = await readDisk({ from, to: head(), newestFirst: false, maxCount: Infinity, maxBytes });
    // If nothing on the disk can be read, the reader goes on with what memory has: it must never stand still.
    return entries.length > 0 ? entries : (recent.read(recent.from(), maxBytes) ?? []);
  };

  const readBefore: LevelReader['readBefore'] = async (before, maxCount, maxBytes) => {
    const to = before === 0 ? head() : Math.min(before - 1, head());
    const newest = recent.readBefore(to + 1, maxCount, maxBytes);
    const last = newest.at(-1);
    const isWhole =
      recent.from() < oldest() ||
      newest.length >= maxCount ||
      (last !== undefined && last.sequence > recent.from() + 1);
    return isWhole ? newest : await readDisk({ to, newestFirst: true, maxCount, maxBytes });
  };

  const readValues: BackwardOptions['readValues'] = (newest, limits) =>
    answering(undamagedValues(store, newest, limits));

  return {
    read: (after, maxBytes) =>
      after >= head() ? [] : (recent.read(after, maxBytes) ?? readOlder(after, maxBytes)),
    readBefore,
    backward: (before) => readBackward({ readBefore, readValues, oldest }, before),
  };
}

/** What a read answers; the database's own errors become `store-unavailable`. */
async function answering<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('store-unavailable', 'the message store cannot be read at the moment', {
      cause: error,
    });
  }
}
