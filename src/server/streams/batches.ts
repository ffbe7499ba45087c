import { lobbyMessages, type Entry, type MessageLog } from '../messages/message-log.js';

/** Entries as one `ChatMessages`. */
export type Batch = {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The reader has nothing more up to this sequence. */
  readonly last: number;
};

/** Joins entries. A single one is the same object for all readers, so that it is framed once. */
export type Join = {
  (entries: readonly Entry[]): Uint8Array;
  /** Forgets the bytes of entries that have changed. */
  clear(): void;
};

type Batches = {
  isReady(cursor: number, reached: number): boolean;
  after(cursor: number, reached: number): Batch | Promise<Batch>;
  /** Forgets the bytes of entries that have changed. */
  clear(): void;
};

/** Unless a single entry is larger. */
export const maxBatchBytes = 256 * 1024;
/** Most readers share few cursors: the end, or positions in the history that all get. */
const maxCachedCursors = 16;
const maxCachedBytes = 8 * 1024 * 1024;

type Cached = { readonly batch: Batch | Promise<Batch>; readonly reached: number; bytes: number };

/** Reads the messages of the lobby for many readers; those at the same cursor share the bytes. */
export function createBatches(log: Pick<MessageLog, 'read' | 'isInMemory'>, join: Join): Batches {
  const cache = new Map<number, Cached>();

  const trim = (): void => {
    let bytes = 0;
    for (const cached of cache.values()) bytes += cached.bytes;
    for (const [oldest, cached] of cache) {
      if (cache.size === 1 || (cache.size <= maxCachedCursors && bytes <= maxCachedBytes)) return;
      cache.delete(oldest);
      bytes -= cached.bytes;
    }
  };
  const remember = (cursor: number, cached: Cached): void => {
    cache.delete(cursor);
    cache.set(cursor, cached);
    trim();
  };

  const read = (cursor: number, reached: number): Batch | Promise<Batch> => {
    const entries = log.read(cursor, maxBatchBytes, lobbyMessages);
    if (!('then' in entries)) {
      const batch = batchOf(entries, cursor, reached, join);
      remember(cursor, { batch, reached, bytes: batch.bytes.length });
      return batch;
    }
    const batch = entries.then((found) => batchOf(found, cursor, reached, join));
    const cached: Cached = { batch, reached, bytes: 0 };
    remember(cursor, cached);
    batch.then(
      ({ bytes }) => {
        cached.bytes = bytes.length;
        trim();
      },
      () => {
        if (cache.get(cursor) === cached) cache.delete(cursor);
      },
    );
    return batch;
  };

  return {
    isReady: (cursor, reached) => log.isInMemory(cursor) || cache.get(cursor)?.reached === reached,
    after(cursor, reached) {
      const cached = cache.get(cursor);
      // A batch that was read before the log grew is still right, but more would fit in.
      return cached?.reached === reached ? cached.batch : read(cursor, reached);
    },
    clear: () => cache.clear(),
  };
}

/** Slow readers and those that keep up share few messages. */
const maxShared = 16;

/** Remembers few. */
export function createJoin(): Join {
  const shared = new Map<Uint8Array, Buffer>();
  let sharedBytes = 0;
  const join = (entries: readonly Entry[]): Uint8Array => {
    const only = entries.length === 1 ? entries[0]?.bytes : undefined;
    if (!only) return joinEntries(entries);
    const known = shared.get(only);
    if (known) return known;
    const bytes = asBuffer(only);
    shared.set(only, bytes);
    sharedBytes += bytes.length;
    for (const oldest of shared.keys()) {
      if (shared.size === 1 || (shared.size <= maxShared && sharedBytes <= maxCachedBytes)) break;
      shared.delete(oldest);
      sharedBytes -= oldest.length;
    }
    return bytes;
  };
  const clear = (): void => {
    shared.clear();
    sharedBytes = 0;
  };
  return Object.assign(join, { clear });
}

export function joinEntries(entries: readonly Entry[]): Buffer {
  const [only, ...others] = entries;
  if (only && others.length === 0) return asBuffer(only.bytes);
  return Buffer.concat(entries.map(({ bytes }) => bytes));
}

/** An empty batch shows how far the log was read. */
function batchOf(found: readonly Entry[], cursor: number, reached: number, join: Join): Batch {
  const isWithin = (found.at(-1)?.sequence ?? 0) <= reached;
  const entries = isWithin ? found : found.filter(({ sequence }) => sequence <= reached);
  const last = entries.at(-1)?.sequence ?? Math.max(cursor, reached);
  return { bytes: join(entries), count: entries.length, last };
}

/** Shares the memory; created here once instead of at every write. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
