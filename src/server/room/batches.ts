import type { Entry, MessageLog } from './message-log.js';

/** Consecutive entries as one `ChatMessages`. */
export type Batch = {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The sequence of the last entry; the cursor itself where nothing follows it. */
  readonly last: number;
};

/** Reads batches for many readers; those at the same cursor share the joined bytes. */
export type Batches = {
  /** What follows `cursor`, up to `reached`; an empty batch if nothing does. Answers without a promise where the log does. */
  after(cursor: number, reached: number): Batch | Promise<Batch>;
};

/** A batch has at most this many bytes, unless a single entry is larger. */
export const maxBatchBytes = 256 * 1024;
/** Readers stand at few cursors: at the end, or somewhere in the history that all get. */
const cachedCursors = 16;

type Cached = { readonly batch: Batch | Promise<Batch>; readonly reached: number };

/** Makes a reader of `log` with a small cache. */
export function createBatches(log: Pick<MessageLog, 'read'>): Batches {
  const cache = new Map<number, Cached>();

  const remember = (cursor: number, cached: Cached): void => {
    cache.delete(cursor);
    cache.set(cursor, cached);
    for (const oldest of cache.keys()) {
      if (cache.size <= cachedCursors) break;
      cache.delete(oldest);
    }
  };

  const read = (cursor: number, reached: number): Batch | Promise<Batch> => {
    const entries = log.read(cursor, maxBatchBytes);
    if (!('then' in entries)) {
      const batch = batchOf(cursor, upTo(reached, entries));
      remember(cursor, { batch, reached });
      return batch;
    }
    const batch = entries.then((found) => batchOf(cursor, upTo(reached, found)));
    remember(cursor, { batch, reached });
    batch.catch(() => {
      if (cache.get(cursor)?.batch === batch) cache.delete(cursor);
    });
    return batch;
  };

  return {
    after(cursor, reached) {
      const cached = cache.get(cursor);
      // What was read before the log grew still stands, but more would fit in.
      return cached?.reached === reached ? cached.batch : read(cursor, reached);
    },
  };
}

/** The encoding of one `ChatMessages` that holds these entries, in their order. */
export function joinEntries(entries: readonly Entry[]): Buffer {
  const [only, ...others] = entries;
  if (only && others.length === 0) return asBuffer(only.bytes);
  return Buffer.concat(entries.map(({ bytes }) => bytes));
}

function upTo(reached: number, entries: readonly Entry[]): readonly Entry[] {
  const last = entries.at(-1)?.sequence ?? 0;
  return last <= reached ? entries : entries.filter(({ sequence }) => sequence <= reached);
}

function batchOf(cursor: number, entries: readonly Entry[]): Batch {
  const last = entries.at(-1)?.sequence ?? cursor;
  return { bytes: joinEntries(entries), count: entries.length, last };
}

/** A Buffer over the same memory, made once here instead of at every write. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
