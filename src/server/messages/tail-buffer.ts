import { matches, type Entry, type RoomFilter } from './message-log.js';

/** Of the entries' bytes, and of their count. */
export type TailBufferLimits = { maxBytes: number; maxCount: number };

/** 9 MiB, so that the 8 MiB of history come from memory; 50,000, since small entries cost more than their bytes. */
export const tailBufferLimits: TailBufferLimits = { maxBytes: 9 * 1024 * 1024, maxCount: 50_000 };

/** `isCut`: ended by the limits, not by the buffer. */
type TailPage = { readonly entries: readonly Entry[]; readonly isCut: boolean };

/** The newest entries of a log, in memory. */
export type TailBuffer = {
  /** Evicts the oldest entries while there are too many; the newest always stays. */
  push(entry: Entry): void;
  /** Replaces the entry with this sequence, or adds it where one is missing, unless that part is not in memory. */
  replace(entry: Entry): void;
  get(sequence: number): Entry | undefined;
  /** Like `MessageLog.read`; undefined if part of the answer is not in memory. */
  read(after: number, maxBytes: number, of?: RoomFilter): readonly Entry[] | undefined;
  /** Newest first; ends early where the buffer ends. */
  readBefore(before: number, maxCount: number, maxBytes: number, of?: RoomFilter): TailPage;
  /** Of the entries after `after` that are in memory. */
  count(after: number, of: RoomFilter): number;
  dropBelow(sequence: number): void;
  /** The lowest cursor that `read` answers. */
  from(): number;
  dropped(): Entry | undefined;
  bytes(): number;
};

/** Nothing is known of entries up to `startsAfter`. Finding a cursor is a binary search. */
export function createTailBuffer(startsAfter: number, { maxBytes, maxCount }: TailBufferLimits): TailBuffer {
  let entries: Entry[] = [];
  // Entries before `first` are evicted; they are cut off in bulk.
  let first = 0;
  let from = startsAfter;
  let bytes = 0;
  let dropped: Entry | undefined;

  const indexAfter = (sequence: number): number => {
    let low = first;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = entries[middle];
      if (entry && entry.sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const dropUntil = (index: number): void => {
    for (; first < index; first++) {
      const entry = entries[first];
      if (!entry) break;
      bytes -= entry.bytes.length;
      from = entry.sequence;
      dropped = entry;
    }
    if (first > 1024 && first * 2 > entries.length) {
      entries = entries.slice(first);
      first = 0;
    }
  };

  return {
    push(entry) {
      entries.push(entry);
      bytes += entry.bytes.length;
      while (entries.length - first > 1 && (bytes > maxBytes || entries.length - first > maxCount)) {
        dropUntil(first + 1);
      }
    },
    replace(entry) {
      if (dropped?.sequence === entry.sequence) dropped = entry;
      const index = indexAfter(entry.sequence - 1);
      const before = entries[index];
      const isThere = before?.sequence === entry.sequence;
      if (!isThere && entry.sequence <= from) return;
      entries.splice(index, isThere ? 1 : 0, entry);
      bytes += entry.bytes.length - (isThere ? before.bytes.length : 0);
    },
    get(sequence) {
      const entry = entries[indexAfter(sequence - 1)];
      return entry?.sequence === sequence ? entry : undefined;
    },
    read(after, byteLimit, of) {
      if (after < from) return undefined;
      const found: Entry[] = [];
      let total = 0;
      for (let index = indexAfter(after); index < entries.length; index++) {
        const entry = entries[index];
        if (!entry || !matches(entry, of)) continue;
        total += entry.bytes.length;
        if (total > byteLimit && found.length > 0) break;
        found.push(entry);
      }
      return found;
    },
    readBefore(before, count, byteLimit, of) {
      const found: Entry[] = [];
      let total = 0;
      for (let index = indexAfter(before === 0 ? Infinity : before - 1) - 1; index >= first; index--) {
        if (found.length >= count) return { entries: found, isCut: true };
        const entry = entries[index];
        if (!entry || !matches(entry, of)) continue;
        total += entry.bytes.length;
        if (total > byteLimit && found.length > 0) return { entries: found, isCut: true };
        found.push(entry);
      }
      return { entries: found, isCut: found.length >= count };
    },
    count(after, of) {
      let count = 0;
      for (let index = indexAfter(after); index < entries.length; index++) {
        const entry = entries[index];
        if (entry && matches(entry, of)) count++;
      }
      return count;
    },
    dropBelow(sequence) {
      dropUntil(indexAfter(sequence - 1));
      from = Math.max(from, sequence - 1);
    },
    from: () => from,
    dropped: () => dropped,
    bytes: () => bytes,
  };
}
