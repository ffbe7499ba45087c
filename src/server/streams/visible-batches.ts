import { ChatError } from '../../shared/errors.js';
import { lobby } from '../../shared/message.js';
import { allKinds, type Entry } from '../messages/message-log.js';
import type { FoldedLog } from '../rooms/folded-log.js';
import { deliveredRange, firstVisible, isDelivered, type DeliveredRange } from '../rooms/visibility.js';
import { maxBatchBytes, type Batch, type Join } from './batches.js';

/** A batch with the sequence of its last entry, 0 if it is empty. */
export type VisibleBatch = Batch & { readonly newest: number };

/** Reads what an account may see of all its rooms. */
export type VisibleBatches = {
  isReady(cursor: number): boolean;
  /** Up to `end`. Readers at the same cursor that see the same entries share the bytes. Throws if some were removed. */
  after(account: string, cursor: number, end: number): VisibleBatch | Promise<VisibleBatch>;
  /** Forgets the bytes of entries that have changed. */
  clear(): void;
  /** Whether no more than this follows the cursor. */
  isWithin(account: string, cursor: number, end: number, limits: ResumeLimits): Promise<boolean>;
};

type ResumeLimits = { readonly maxEntries: number; readonly maxBytes: number };

/** The entries of a room, from the first to the last one. `target`: the first message that they change, or `Infinity`. */
type RoomEntries = DeliveredRange & { readonly target: number; readonly entries: readonly Entry[] };

/** Consecutive entries of all rooms. */
type Chunk = {
  readonly end: number;
  readonly last: number;
  readonly bytes: number;
  readonly rooms: ReadonlyMap<number, RoomEntries>;
  readonly batches: Map<string, VisibleBatch>;
};

const maxCachedChunks = 16;
const maxCachedBytes = 8 * 1024 * 1024;
/** As long as a chunk has no more, it is not worth asking for the rooms of an account. */
const fewRooms = 8;
/** Of each room; the sequences of a batch are found before its entries are read. */
const maxSequencesPerRoom = 256;
const maxConcurrentRooms = 16;
const maxDensity = 4;
/** A guess, for entries of a room that are read together. */
const assumedEntryBytes = 512;

/** What is in memory is filtered; of the rest only the entries of the account's rooms are read. */
export function createVisibleBatches(log: FoldedLog, join: Join): VisibleBatches {
  const { rooms } = log;
  const chunks = new Map<number, Chunk>();
  let cachedBytes = 0;

  const cache = (bytes: number): void => {
    cachedBytes += bytes;
    if (cachedBytes <= maxCachedBytes) return;
    chunks.clear();
    cachedBytes = bytes;
  };
  const remember = (cursor: number, chunk: Chunk): void => {
    cache(chunk.bytes);
    chunks.delete(cursor);
    chunks.set(cursor, chunk);
    for (const oldest of chunks.keys()) {
      if (chunks.size <= maxCachedChunks) break;
      chunks.delete(oldest);
    }
  };

  const chunkAfter = (cursor: number, end: number): Chunk | undefined => {
    const known = chunks.get(cursor);
    if (known?.end === end) return known;
    const found = log.read(cursor, maxBatchBytes);
    if ('then' in found) {
      found.catch(() => undefined);
      return undefined;
    }
    const chunk = chunkOf(found, cursor, end);
    remember(cursor, chunk);
    return chunk;
  };

  /** Includes those of the account. A chunk of many rooms would take long to search for each account. */
  const candidates = (chunk: Chunk, account: string): Iterable<number> => {
    if (chunk.rooms.size <= fewRooms) return chunk.rooms.keys();
    const [own, former] = [rooms.of(account), rooms.former(account)];
    return chunk.rooms.size <= own.size + former.size
      ? chunk.rooms.keys()
      : [lobby, ...own, ...former.keys()];
  };

  const visibleIn = (chunk: Chunk, account: string): VisibleBatch => {
    let key = '';
    const found: RoomEntries[] = [];
    for (const number of candidates(chunk, account)) {
      const room = chunk.rooms.get(number);
      const range = room && deliveredRange(rooms, account, number);
      if (!range || range.from > room.to || range.to < room.from) continue;
      const isWhole = range.from <= room.from && range.to >= room.to;
      key += isWhole ? `${number} ` : `${number}:${range.from}-${range.to} `;
      // Who cannot see a message does not get its changes.
      const first = room.target < Infinity ? (firstVisible(rooms, account, number) ?? Infinity) : 0;
      if (first > room.target) key += `>${first} `;
      found.push(room);
    }
    const known = chunk.batches.get(key);
    if (known) return known;
    const entries = found
      .flatMap((room) => room.entries)
      .filter((entry) => isDelivered(rooms, account, entry))
      .sort((a, b) => a.sequence - b.sequence);
    const batch = visibleBatch(entries, chunk.last, join);
    chunk.batches.set(key, batch);
    if (entries.length > 1) cache(batch.bytes.length);
    return batch;
  };

  /** Of each room that has entries for the account after the cursor: decides only what is read. */
  const rangesAfter = (account: string, cursor: number): ReadonlyMap<number, DeliveredRange> => {
    const ranges = new Map<number, DeliveredRange>();
    for (const number of [lobby, ...rooms.of(account), ...rooms.former(account).keys()]) {
      const range = deliveredRange(rooms, account, number);
      if (range && range.to > cursor && (rooms.get(number)?.lastEntry ?? 0) > cursor)
        ranges.set(number, range);
    }
    return ranges;
  };

  const sequencesOf = async (
    room: number,
    { from, to }: DeliveredRange,
    cursor: number,
  ): Promise<readonly number[]> => {
    if (from === to) return [to];
    const after = Math.max(cursor, from - 1);
    return log.sequences(after, maxSequencesPerRoom, { room, kinds: allKinds });
  };

  /** Merges the indexes of the rooms, so that the work does not grow with what the account cannot see. */
  const merge = async (account: string, cursor: number, end: number): Promise<VisibleBatch> => {
    const places: { sequence: number; room: number }[] = [];
    let complete = end;
    const ranges = [...rangesAfter(account, cursor)];
    for (let index = 0; index < ranges.length; index += maxConcurrentRooms) {
      const some = ranges.slice(index, index + maxConcurrentRooms);
      await Promise.all(
        some.map(async ([room, range]) => {
          const found = await sequencesOf(room, range, cursor);
          for (const sequence of found) places.push({ sequence, room });
          if (found.length >= maxSequencesPerRoom) complete = Math.min(complete, found.at(-1) ?? end);
        }),
      );
    }
    const wanted = places
      .filter(({ sequence }) => sequence <= complete && !rooms.isVoid(sequence))
      .sort((a, b) => a.sequence - b.sequence);
    const { entries, isCut } = await readPlaces(wanted);
    // A membership may have ended during the reads.
    const visible = entries.filter((entry) => isDelivered(rooms, account, entry));
    return visibleBatch(visible, isCut ? (entries.at(-1)?.sequence ?? complete) : complete, join);
  };

  /** Reads consecutive places of a room together, up to the size of a batch. Leaves out what is damaged. */
  const readPlaces = async (
    places: readonly { readonly sequence: number; readonly room: number }[],
  ): Promise<{ entries: Entry[]; isCut: boolean }> => {
    const entries: Entry[] = [];
    let leftBytes = maxBatchBytes;
    for (let index = 0; index < places.length;) {
      if (leftBytes <= 0) return { entries, isCut: true };
      const room = places[index]?.room ?? lobby;
      const first = places[index]?.sequence ?? 0;
      let next = index + 1;
      while (places[next]?.room === room) next++;
      const last = places[next - 1]?.sequence ?? first;
      const count = next - index;
      // Without a filter where few other entries are in between, since that needs no index.
      const of = last - first < maxDensity * count ? undefined : { room, kinds: allKinds };
      const found = await log.read(first - 1, Math.min(leftBytes, 1 + (count - 1) * assumedEntryBytes), of);
      const run = found.filter((entry) => entry.room === room && entry.sequence <= last);
      for (const entry of run) {
        if (entries.length > 0 && entry.bytes.length > leftBytes) return { entries, isCut: true };
        entries.push(entry);
        leftBytes -= entry.bytes.length;
      }
      const reached = found.at(-1)?.sequence ?? last;
      while (index < next && (places[index]?.sequence ?? 0) <= reached) index++;
    }
    return { entries, isCut: false };
  };

  const after: VisibleBatches['after'] = (account, cursor, end) => {
    if (cursor < log.oldest() - 1) {
      // A gap between sequences would not show the loss: the client resumes, and learns that its cursor is too old.
      throw new ChatError('store-unavailable', 'messages were removed before they could be sent');
    }
    for (let from = cursor; ;) {
      const chunk = log.isInMemory(from) ? chunkAfter(from, end) : undefined;
      if (!chunk) return merge(account, from, end);
      const batch = visibleIn(chunk, account);
      if (batch.count > 0 || batch.last >= end) return batch;
      from = batch.last;
    }
  };

  return {
    isReady: (cursor) => log.isInMemory(cursor),
    after,
    clear() {
      chunks.clear();
      cachedBytes = 0;
    },
    async isWithin(account, cursor, end, { maxEntries, maxBytes }) {
      let [entries, bytes] = [0, 0];
      for (let from = cursor; from < end;) {
        const batch = await after(account, from, end);
        entries += batch.count;
        bytes += batch.bytes.length;
        if (entries > maxEntries || bytes > maxBytes) return false;
        from = batch.last;
      }
      return true;
    },
  };
}

function chunkOf(found: readonly Entry[], cursor: number, end: number): Chunk {
  const entries = found.filter(({ sequence }) => sequence <= end);
  const last =
    entries.length < found.length || entries.length === 0 ? end : (entries.at(-1)?.sequence ?? end);
  let bytes = 0;
  const rooms = new Map<number, { from: number; to: number; target: number; entries: Entry[] }>();
  for (const entry of entries) {
    const { room, sequence, target = Infinity } = entry;
    bytes += entry.bytes.length;
    const known = rooms.get(room);
    if (known) {
      known.to = sequence;
      known.target = Math.min(known.target, target);
      known.entries.push(entry);
    } else rooms.set(room, { from: sequence, to: sequence, target, entries: [entry] });
  }
  return { end, last: Math.max(cursor, last), bytes, rooms, batches: new Map() };
}

function visibleBatch(entries: readonly Entry[], last: number, join: Join): VisibleBatch {
  const newest = entries.at(-1)?.sequence ?? 0;
  return { bytes: join(entries), count: entries.length, last, newest };
}
