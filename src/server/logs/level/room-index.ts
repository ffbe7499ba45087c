import { lobby, messageKind } from '../../../shared/message.js';
import { isLobbyMessage, type Entry, type Recent, type RoomFilter } from '../../messages/message-log.js';
import { recentByReading, sequencesByReading, type EntryRange, type RoomRange } from '../log-tail.js';
import { readRange, type Gap, type RangeRead } from './entry-reader.js';
import {
  allRooms,
  del,
  metaKey,
  numbers,
  partOf,
  put,
  readNumbers,
  readRoomKey,
  readRoomSender,
  roomParts,
  roomPut,
  roomRange,
  roomsFrom,
  type RoomPart,
} from './level-records.js';
import { isDamage, type Operation, type OrderedStore, type Pair } from './ordered-store.js';

/** Which entries belong to which room. */
export type RoomIndex = {
  /** For the batch that stores the entries. */
  operations(entries: readonly Entry[]): Operation[];
  /** The first sequence with an index, Infinity if there is none. */
  start(): number;
  /** Finds where the index begins if that record is lost. Call before the first write. */
  findStart(): Promise<void>;
  /** Call after a failed write. */
  reset(): void;
  /** Skips damaged and missing entries and reports them as gaps. */
  read(range: EntryRange): Promise<readonly Entry[]>;
  /** Up to `maxCount` and beyond, without reading the entries. Infinity if the index is damaged. */
  count(range: RoomRange): Promise<number>;
  /** Oldest first, without reading the entries. */
  sequences(range: RoomRange): Promise<readonly number[]>;
  /** Newest first, without reading the entries. */
  recent(range: RoomRange): Promise<readonly Recent[]>;
  /** Removes records of entries below `oldest` until `mayContinue` returns false. */
  removeBelow(oldest: number, mayContinue: () => boolean): Promise<void>;
};

type Limits = Pick<EntryRange, 'maxCount' | 'maxBytes'>;

/** Entries up to this distance are read at once, with those between them. */
const maxJoinDistance = 8;
const recordsPerPage = 500;
const firstReads = 4;
const maxConcurrentReads = 32;
const removedPerWrite = 1000;

/** Begins with the first entry that is no plain message of the lobby; before it, the log itself is the lobby's index. */
export function createRoomIndex(store: OrderedStore, onGap: (gap: Gap) => void): RoomIndex {
  const storedStart = (): number => {
    const stored = store.get(metaKey('rooms-from'));
    return (stored && readNumbers(stored, 1)?.[0]) ?? Infinity;
  };
  let found = Infinity;
  let start = storedStart();
  let isStartStored = start < Infinity;
  let removedBelow = 0;

  const recordsIn = async (
    part: RoomPart,
    { room, kinds }: RoomFilter,
    range: EntryRange,
    count: number,
  ): Promise<Pair[]> => {
    const records: Pair[] = [];
    const keys = roomRange(room, range.from, range.to + 1, part);
    await store.scan({ ...keys, reverse: range.newestFirst, pagePairs: count }, (record) => {
      const [kind] = record[1];
      if (kind !== undefined && kinds.includes(kind)) records.push(record);
      return records.length < count;
    });
    return records;
  };

  /** In the order of the range. */
  const nextRecords = async (of: RoomFilter, range: EntryRange, count: number): Promise<Pair[]> => {
    if (range.from > range.to || count <= 0) return [];
    const parts = new Set(of.kinds.map(partOf));
    const found = await Promise.all([...parts].map((part) => recordsIn(part, of, range, count)));
    if (found.length === 1) return found.flat();
    const order = range.newestFirst ? -1 : 1;
    return found
      .flat()
      .sort(([one], [other]) => order * (readRoomKey(one).sequence - readRoomKey(other).sequence))
      .slice(0, count);
  };
  const nextSequences = async (of: RoomFilter, range: EntryRange, count: number): Promise<number[]> =>
    (await nextRecords(of, range, count)).map(([key]) => readRoomKey(key).sequence);

  /** The part of a range without an index: plain messages of the lobby only. */
  const unindexed = (of: RoomFilter, range: EntryRange): EntryRange => {
    const isPart = of.room === lobby && of.kinds.includes(messageKind.message);
    return { ...range, to: isPart ? Math.min(range.to, start - 1) : 0 };
  };
  const indexed = (range: EntryRange): EntryRange => ({ ...range, from: Math.max(range.from, start) });

  /** Several at once: an entry alone takes longer to find than to read. */
  async function* readRuns(
    runs: readonly Run[],
    range: EntryRange,
    left: () => Limits,
  ): AsyncGenerator<RangeRead, void, undefined> {
    let concurrent = firstReads;
    for (let next = 0; next < runs.length;) {
      const group = runs.slice(next, next + concurrent);
      const limits = left();
      yield* await Promise.all(group.map((run) => readRange(store, { ...range, ...run, ...limits, onGap })));
      next += group.length;
      const bytesPerRun = (limits.maxBytes - left().maxBytes) / group.length;
      concurrent = Math.max(1, Math.min(maxConcurrentReads, Math.floor(left().maxBytes / bytesPerRun)));
    }
  }

  async function* readIndexed(
    of: RoomFilter,
    range: EntryRange,
    left: () => Limits,
  ): AsyncGenerator<RangeRead, void, undefined> {
    for (let rest = range; rest.from <= rest.to;) {
      const count = Math.min(left().maxCount, recordsPerPage);
      const sequences = await nextSequences(of, rest, count);
      yield* readRuns(runsOf(sequences), rest, left);
      const last = sequences.at(-1);
      if (last === undefined || sequences.length < count) return;
      rest = range.newestFirst ? { ...rest, to: last - 1 } : { ...rest, from: last + 1 };
    }
  }

  async function* readParts(
    range: EntryRange,
    left: () => Limits,
  ): AsyncGenerator<RangeRead, void, undefined> {
    const { of, newestFirst } = range;
    if (of === undefined) {
      yield await readRange(store, { ...range, onGap });
      return;
    }
    if (newestFirst) yield* readIndexed(of, indexed(range), left);
    yield await readRange(store, { ...unindexed(of, range), ...left(), onGap });
    if (!newestFirst) yield* readIndexed(of, indexed(range), left);
  }

  const readAll = async (
    range: EntryRange,
    read: (range: EntryRange, left: () => Limits) => AsyncGenerator<RangeRead, void, undefined>,
  ): Promise<readonly Entry[]> => {
    const entries: Entry[] = [];
    let { maxCount, maxBytes } = range;
    for await (const part of read(range, () => ({ maxCount, maxBytes }))) {
      for (const entry of part.entries) {
        if (entries.length > 0 && entry.bytes.length > maxBytes) return entries;
        entries.push(entry);
        maxCount--;
        maxBytes -= entry.bytes.length;
      }
      if (part.isFull || maxCount <= 0 || maxBytes <= 0) break;
    }
    return entries;
  };

  return {
    operations(entries) {
      const operations: Operation[] = [];
      for (const entry of entries) {
        if (entry.sequence < start) {
          if (isLobbyMessage(entry)) continue;
          start = entry.sequence;
        }
        operations.push(roomPut(entry));
      }
      if (isStartStored || start === Infinity) return operations;
      isStartStored = true;
      return [...operations, put(metaKey('rooms-from'), numbers(start))];
    },
    start: () => start,
    async findStart() {
      if (isStartStored) return;
      try {
        await store.scan(allRooms, ([key]) => {
          found = Math.min(found, readRoomKey(key).sequence);
          return true;
        });
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
      start = found;
    },
    reset() {
      const stored = storedStart();
      start = Math.min(stored, found);
      isStartStored = stored < Infinity;
    },
    async read(range) {
      try {
        return await readAll(range, readParts);
      } catch (error) {
        if (!isDamage(error)) throw error;
        return (await readRange(store, { ...range, onGap })).entries;
      }
    },
    async count(range) {
      const before = unindexed(range.of, range);
      const unindexedCount = Math.max(0, before.to - before.from + 1);
      const left = range.maxCount + 1 - unindexedCount;
      if (left <= 0) return unindexedCount;
      try {
        return unindexedCount + (await nextSequences(range.of, indexed(range), left)).length;
      } catch (error) {
        if (!isDamage(error)) throw error;
        return Infinity;
      }
    },
    async sequences(range) {
      const before = unindexed(range.of, range);
      const count = Math.min(range.maxCount, Math.max(0, before.to - before.from + 1));
      const first = Array.from({ length: count }, (_, index) => before.from + index);
      if (count === range.maxCount) return first;
      try {
        return [...first, ...(await nextSequences(range.of, indexed(range), range.maxCount - count))];
      } catch (error) {
        if (!isDamage(error)) throw error;
        return sequencesByReading(
          async (part) => (await readRange(store, { ...part, onGap })).entries,
          range,
        );
      }
    },
    async recent(range) {
      try {
        const records = await nextRecords(range.of, indexed(range), range.maxCount);
        const found = records.map(([key, value]) => ({
          sequence: readRoomKey(key).sequence,
          sender: readRoomSender(value),
        }));
        const before = unindexed(range.of, range);
        const count = Math.min(range.maxCount - found.length, Math.max(0, before.to - before.from + 1));
        const older = Array.from({ length: count }, (_, index) => ({
          sequence: before.to - index,
          sender: '',
        }));
        return [...found, ...older];
      } catch (error) {
        if (!isDamage(error)) throw error;
        return recentByReading(async (part) => (await readRange(store, { ...part, onGap })).entries, range);
      }
    },
    async removeBelow(oldest, mayContinue) {
      if (oldest <= Math.max(start, removedBelow)) return;
      for (const part of roomParts) {
        let room: number | undefined = lobby;
        while (room !== undefined) {
          if (!mayContinue()) return;
          const keys: Uint8Array[] = [];
          const range = roomRange(room, removedBelow, oldest, part);
          const isDone = await store.scan(range, ([key]) => keys.push(key) < removedPerWrite);
          if (keys.length > 0) await store.write(keys.map(del));
          if (isDone) room = await roomAfter(store, room, part);
        }
      }
      removedBelow = oldest;
    },
  };
}

/** The next room by number. */
async function roomAfter(store: OrderedStore, room: number, part: RoomPart): Promise<number | undefined> {
  let next: number | undefined;
  await store.scan({ ...roomsFrom(room + 1, part), pagePairs: 1, pageBytes: 1 }, ([key]) => {
    next = readRoomKey(key).room;
    return false;
  });
  return next;
}

/** Read at once, both ends included. */
type Run = { readonly from: number; readonly to: number };

/** The sequences ascend or descend. */
function runsOf(sequences: readonly number[]): Run[] {
  const runs: { from: number; to: number }[] = [];
  for (const sequence of sequences) {
    const run = runs.at(-1);
    const isNear = run && sequence >= run.from - maxJoinDistance && sequence <= run.to + maxJoinDistance;
    if (run && isNear) {
      run.from = Math.min(run.from, sequence);
      run.to = Math.max(run.to, sequence);
    } else {
      runs.push({ from: sequence, to: sequence });
    }
  }
  return runs;
}
