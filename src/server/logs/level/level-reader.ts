import { ChatError } from '../../../shared/errors.js';
import type { MessageLog } from '../../messages/message-log.js';
import { createTailReader, type LogTail } from '../log-tail.js';
import { readPrefiltered, undamagedTexts, type PrefilterOptions } from './search-prefilter.js';
import { metaKey, readDropped } from './level-records.js';
import { readMentions } from './mention-records.js';
import type { OrderedStore } from './ordered-store.js';
import type { RoomIndex } from './room-index.js';

type LevelReaderOptions = {
  readonly store: OrderedStore;
  readonly tail: Omit<LogTail, 'advance'>;
  readonly rooms: Pick<RoomIndex, 'read' | 'count' | 'sequences' | 'recent' | 'start'>;
};

type LevelReader = Required<
  Omit<
    MessageLog,
    | 'logId'
    | 'mayReorder'
    | 'append'
    | 'amend'
    | 'reactions'
    | 'removalProblem'
    | 'changesUpTo'
    | 'storageProblem'
    | 'close'
  >
>;

/** The database's own errors become `store-unavailable`. */
export function createLevelReader({ store, tail, rooms }: LevelReaderOptions): LevelReader {
  const reader = createTailReader(tail, {
    read: (range) => withChatErrors(rooms.read(range)),
    count: (range) => withChatErrors(rooms.count(range)),
    sequences: (range) => withChatErrors(rooms.sequences(range)),
    recent: (range) => withChatErrors(rooms.recent(range)),
    mentions: (of, before, maxCount) => withChatErrors(readMentions(store, of, before, maxCount)),
  });
  const prefilterOptions: PrefilterOptions = {
    readBefore: reader.readBefore,
    diskBytes: (range) => withChatErrors(store.diskBytes(range)),
    readTexts: (range) => withChatErrors(undamagedTexts(store, range)),
    tail,
  };

  return {
    ...reader,
    firstWithRoom: rooms.start,
    newestDropped() {
      const stored = store.get(metaKey('dropped'));
      return stored && readDropped(stored);
    },
    prefiltered: (before, wanted) => readPrefiltered(prefilterOptions, before, wanted),
  };
}

/** Turns the database's own errors into `store-unavailable`. */
export async function withChatErrors<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('store-unavailable', 'the message store cannot be read at the moment', {
      cause: error,
    });
  }
}
