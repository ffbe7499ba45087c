import { ChatError } from '../../../shared/errors.js';
import type { MessageLog } from '../../room/message-log.js';
import { createTailReader } from '../tail-reader.js';
import { readPrefiltered, undamagedTexts, type PrefilterOptions } from './search-prefilter.js';
import { readEntries, type Gap } from './entry-reader.js';
import { metaKey, readDropped } from './level-records.js';
import type { LevelTail } from './level-tail.js';
import type { OrderedStore } from './ordered-store.js';

/** What is read from. */
export type LevelReaderOptions = {
  readonly store: OrderedStore;
  readonly tail: Pick<LevelTail, 'tailBuffer' | 'head' | 'oldest'>;
  readonly onGap: (gap: Gap) => void;
};

/** As `MessageLog` has it. */
export type LevelReader = Required<
  Pick<MessageLog, 'read' | 'readBefore' | 'isInMemory' | 'prefiltered' | 'newestDropped'>
>;

/** The reading half of a log on disk: from memory where that has the answer, else from the disk. */
export function createLevelReader({ store, tail, onGap }: LevelReaderOptions): LevelReader {
  const { read, readBefore, isInMemory } = createTailReader(tail, (range) =>
    answering(readEntries(store, { ...range, onGap })),
  );
  const looked: PrefilterOptions = {
    readBefore,
    diskBytes: (range) => answering(store.diskBytes(range)),
    readTexts: (range) => answering(undamagedTexts(store, range)),
    tail,
  };

  return {
    read,
    readBefore,
    isInMemory,
    newestDropped() {
      const stored = store.get(metaKey('dropped'));
      return stored && readDropped(stored);
    },
    prefiltered: (before, wanted) => readPrefiltered(looked, before, wanted),
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
