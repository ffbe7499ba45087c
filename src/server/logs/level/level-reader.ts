import { ChatError } from '../../../shared/errors.js';
import type { MessageLog } from '../../room/message-log.js';
import { createTailReader } from '../tail-reader.js';
import { readPrefiltered, undamagedTexts, type PrefilterOptions } from './search-prefilter.js';
import { readEntries, type Gap } from './entry-reader.js';
import { metaKey, readDropped } from './level-records.js';
import type { LevelTail } from './level-tail.js';
import type { OrderedStore } from './ordered-store.js';

type LevelReaderOptions = {
  readonly store: OrderedStore;
  readonly tail: Pick<LevelTail, 'tailBuffer' | 'head' | 'oldest'>;
  readonly onGap: (gap: Gap) => void;
};

type LevelReader = Required<
  Pick<MessageLog, 'read' | 'readBefore' | 'isInMemory' | 'prefiltered' | 'newestDropped'>
>;

/** The database's own errors become `store-unavailable`. */
export function createLevelReader({ store, tail, onGap }: LevelReaderOptions): LevelReader {
  const { read, readBefore, isInMemory } = createTailReader(tail, (range) =>
    withChatErrors(readEntries(store, { ...range, onGap })),
  );
  const prefilterOptions: PrefilterOptions = {
    readBefore,
    diskBytes: (range) => withChatErrors(store.diskBytes(range)),
    readTexts: (range) => withChatErrors(undamagedTexts(store, range)),
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
    prefiltered: (before, wanted) => readPrefiltered(prefilterOptions, before, wanted),
  };
}

/** Turns the database's own errors into `store-unavailable`. */
async function withChatErrors<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('store-unavailable', 'the message store cannot be read at the moment', {
      cause: error,
    });
  }
}
