import { WireReader, wireType } from './wire-reader.js';

/** The readable part of a list. */
export type ReadList<Value> = {
  readonly values: readonly Value[];
  /** How many entries were left out: malformed ones, and the oldest if there are too many. */
  readonly unreadable: number;
  /** Whether the framing of the list itself is malformed, so that an unknown number of entries is lost. */
  readonly isCutShort: boolean;
};

/** How a list is read. */
export type EntryReading<Value> = {
  readonly read: (entry: Uint8Array) => Value | undefined;
  /** Of the field with the entries; by default field 1. */
  readonly tag?: number;
  /** If there are more, only the last ones are read. */
  readonly maxEntries: number;
  /** Called for each other field, with its value or the length of its bytes, and where it ends. */
  readonly onOther?: (tag: number, value: number, end: number) => void;
};

const firstField = (1 << 3) | wireType.bytes;

/** The work between two yields: at most this many fields, or this many bytes plus one entry. */
const slice = { fields: 4096, bytes: 64 * 1024 } as const;

/** Reads a list, leaving out malformed entries. Never throws; yields after each slice of the work. */
export function* readEntries<Value>(
  bytes: Uint8Array,
  reading: EntryReading<Value>,
): Generator<undefined, ReadList<Value>, void> {
  const { read, maxEntries } = reading;
  const { ends, lengths, count, isCutShort } = yield* findEntries(bytes, reading);
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
  /** The end offsets and lengths of the last entries, at the entry's index modulo `maxEntries`. */
  readonly ends: readonly number[];
  readonly lengths: readonly number[];
  readonly count: number;
  readonly isCutShort: boolean;
};

/** Finds the entries without decoding them. Memory is bounded by `maxEntries`. */
function* findEntries(
  bytes: Uint8Array,
  { maxEntries, tag: entriesTag = firstField, onOther }: EntryReading<unknown>,
): Generator<undefined, FoundEntries, void> {
  const reader = new WireReader(bytes);
  const ends: number[] = [];
  const lengths: number[] = [];
  let count = 0;
  for (let fields = 1; !reader.isAtEnd; fields++) {
    if (fields % slice.fields === 0) yield;
    const tag = reader.tag();
    const length = tag === undefined ? undefined : tag === entriesTag ? reader.skipBytes() : reader.skip(tag);
    if (length === undefined) return { ends, lengths, count, isCutShort: true };
    if (tag !== entriesTag) {
      if (tag !== undefined) onOther?.(tag, length, reader.position);
      continue;
    }
    ends[count % maxEntries] = reader.position;
    lengths[count % maxEntries] = length;
    count++;
  }
  return { ends, lengths, count, isCutShort: false };
}
