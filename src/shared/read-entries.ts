import { WireReader, wireType } from './wire-reader.js';

/** What could be read of a message that holds a list. */
export type ReadList<Value> = {
  /** In the order of the list. */
  readonly values: readonly Value[];
  /** How many entries were left out: broken ones, and the oldest of too many. */
  readonly unreadable: number;
  /** Whether the list ended before its end: its own framing is broken, and how much is lost is not known. */
  readonly isCutShort: boolean;
};

/** How a list is read. */
export type EntryReading<Value> = {
  /** Reads one entry; undefined: it is broken. */
  readonly read: (entry: Uint8Array) => Value | undefined;
  /** Only the last entries up to this number are read. */
  readonly maxEntries: number;
};

const entriesTag = (1 << 3) | wireType.bytes;

/** Between two yields, at most so many fields, or so many bytes and one entry, are looked at. */
const slice = { fields: 4096, bytes: 64 * 1024 } as const;

/**
 * Reads a message whose field 1 is a list (`ChatMessages`, `Users`), each entry by itself: a broken one is left out and
 * the others are read. Never throws. Yields after each slice of the work, so that the caller can let others run.
 */
export function* readEntries<Value>(
  bytes: Uint8Array,
  { read, maxEntries }: EntryReading<Value>,
): Generator<undefined, ReadList<Value>, void> {
  const { ends, lengths, count, isCutShort } = yield* findEntries(bytes, maxEntries);
  const values: Value[] = [];
  const kept = Math.min(count, maxEntries);
  let sliceFields = 0;
  let sliceBytes = 0;
  for (let index = count - kept; index < count; index++) {
    const end = ends[index % maxEntries] ?? 0;
    const length = lengths[index % maxEntries] ?? 0;
    const value = read(bytes.subarray(end - length, end));
    if (value !== undefined) values.push(value);
    sliceBytes += length;
    if (++sliceFields < slice.fields && sliceBytes < slice.bytes) continue;
    sliceFields = sliceBytes = 0;
    yield;
  }
  return { values, unreadable: count - values.length + (isCutShort ? 1 : 0), isCutShort };
}

type FoundEntries = {
  /** Where the last entries end, and their lengths, at the entry's index modulo `maxEntries`. */
  readonly ends: readonly number[];
  readonly lengths: readonly number[];
  readonly count: number;
  readonly isCutShort: boolean;
};

/** Finds the entries without decoding them; memory is bounded by `maxEntries`, not by how many there are. */
function* findEntries(bytes: Uint8Array, maxEntries: number): Generator<undefined, FoundEntries, void> {
  const reader = new WireReader(bytes);
  const ends: number[] = [];
  const lengths: number[] = [];
  let count = 0;
  for (let fields = 1; !reader.isAtEnd; fields++) {
    if (fields % slice.fields === 0) yield;
    const tag = reader.tag();
    const length = tag === undefined ? undefined : tag === entriesTag ? reader.skipBytes() : reader.skip(tag);
    if (length === undefined) return { ends, lengths, count, isCutShort: true };
    if (tag !== entriesTag) continue;
    ends[count % maxEntries] = reader.position;
    lengths[count % maxEntries] = length;
    count++;
  }
  return { ends, lengths, count, isCutShort: false };
}
