import { decodeMessage, encodeCreation, encodeEntry } from '../../shared/codec.js';
import { droppedMessage } from '../messages/digests.js';
import { summaryOf } from '../messages/entry-summary.js';
import {
  isChange,
  type Append,
  type Entry,
  type Mention,
  type Mentioned,
  type MessageLog,
  type Recent,
  type RoomFilter,
} from '../messages/message-log.js';
import { createTailBuffer, tailBufferLimits, type TailBuffer } from '../messages/tail-buffer.js';
import { createAppendSignal, type AppendSignal } from './append-signal.js';

/** An append as every log stores and serves it. */
export function entryOf(
  { room, kind }: Pick<Append, 'room' | 'kind'>,
  message: Uint8Array,
  sequence: number,
): Entry {
  if (room === 'new') return { sequence, room: sequence, kind, bytes: encodeCreation(message, sequence) };
  const entry = { sequence, room, kind, bytes: encodeEntry(message, sequence) };
  if (!isChange(kind)) return entry;
  const target = decodeMessage(message).detail?.target;
  return target === undefined ? entry : { ...entry, target };
}

/** What readers see of a log. */
export type LogTail = {
  readonly tailBuffer: TailBuffer;
  readonly appendSignal: AppendSignal;
  readonly head: () => number;
  /** The oldest sequence kept; may be above `head() + 1`. */
  readonly oldest: () => number;
  /** Makes entries visible up to `sequence`; the caller wakes the readers. */
  readonly advance: (sequence: number, entries: readonly Entry[]) => void;
  readonly dropBelow: (sequence: number) => void;
};

type TailStart = {
  readonly head: number;
  readonly oldest: number;
  /** Oldest first, up to `head`. */
  readonly newest: readonly Entry[];
};

/** Starts with the state of a log that was opened. */
export function createLogTail({ newest, ...start }: TailStart, limits = tailBufferLimits): LogTail {
  let { head, oldest } = start;
  const tailBuffer = createTailBuffer((newest[0]?.sequence ?? head + 1) - 1, limits);
  for (const entry of newest) tailBuffer.push(entry);

  return {
    tailBuffer,
    appendSignal: createAppendSignal(() => head),
    head: () => head,
    oldest: () => oldest,
    advance(sequence, entries) {
      for (const entry of entries) tailBuffer.push(entry);
      head = sequence;
    },
    dropBelow(sequence) {
      oldest = Math.max(oldest, sequence);
      tailBuffer.dropBelow(sequence);
    },
  };
}

/** The range and limits of one read from the store. */
export type EntryRange = {
  /** The lowest and the highest sequence, both included. */
  readonly from: number;
  readonly to: number;
  readonly newestFirst: boolean;
  readonly maxCount: number;
  /** In encoded bytes; at least one entry is read, however large. */
  readonly maxBytes: number;
  readonly of?: RoomFilter | undefined;
};

type TailReader = Pick<
  MessageLog,
  | 'head'
  | 'oldest'
  | 'read'
  | 'readBefore'
  | 'count'
  | 'sequences'
  | 'recent'
  | 'mentions'
  | 'isInMemory'
  | 'newestDropped'
  | 'waitAfter'
>;

/** Reads the entries that are no longer in memory. */
export type StoredEntries = {
  readonly read: (range: EntryRange) => Promise<readonly Entry[]>;
  /** More than `maxCount`: any higher number. */
  readonly count: (range: RoomRange) => Promise<number>;
  /** Oldest first. */
  readonly sequences: (range: RoomRange) => Promise<readonly number[]>;
  /** Newest first. */
  readonly recent: (range: RoomRange) => Promise<readonly Recent[]>;
  /** As `MessageLog.mentions`, in memory or not; those of removed entries may be included. */
  readonly mentions: (of: Mentioned, before: number, maxCount: number) => Promise<readonly Mention[]>;
};

/** As `EntryRange`, of one room. */
export type RoomRange = EntryRange & { readonly of: RoomFilter };

const bytesPerRead = 1024 * 1024;

/** For stores, or parts of them, without an index of sequences. */
export async function sequencesByReading(
  read: StoredEntries['read'],
  range: EntryRange,
): Promise<readonly number[]> {
  const sequences: number[] = [];
  for (let { from } = range; from <= range.to && sequences.length < range.maxCount;) {
    const maxCount = range.maxCount - sequences.length;
    const found = await read({ ...range, from, maxCount, maxBytes: bytesPerRead });
    const last = found.at(-1);
    if (!last) break;
    for (const { sequence } of found) sequences.push(sequence);
    from = last.sequence + 1;
  }
  return sequences;
}

/** For stores, or parts of them, without an index of senders. The range is read newest first. */
export async function recentByReading(
  read: StoredEntries['read'],
  range: EntryRange,
): Promise<readonly Recent[]> {
  const found: Recent[] = [];
  for (let { to } = range; to >= range.from && found.length < range.maxCount;) {
    const maxCount = range.maxCount - found.length;
    const entries = await read({ ...range, to, maxCount, maxBytes: bytesPerRead });
    const last = entries.at(-1);
    if (!last) break;
    found.push(...entries.map(recentOf));
    to = last.sequence - 1;
  }
  return found;
}

function recentOf({ sequence, bytes }: Entry): Recent {
  return { sequence, sender: summaryOf(bytes).sender };
}

/** Reads from memory if possible, otherwise from the store. */
export function createTailReader(
  { tailBuffer, appendSignal, head, oldest }: Omit<LogTail, 'advance'>,
  stored: StoredEntries,
): TailReader {
  /** A room begins with the entry that has its number. */
  const firstOf = (of: RoomFilter | undefined): number => Math.max(oldest(), of?.room ?? 0);

  const readOlder = async (after: number, maxBytes: number, of?: RoomFilter): Promise<readonly Entry[]> => {
    const from = Math.max(after + 1, firstOf(of));
    const range = { from, to: head(), newestFirst: false, maxCount: Infinity, maxBytes, of };
    const entries = await stored.read(range);
    // If no stored entry is readable, continue in memory, so that no reader gets stuck.
    return entries.length > 0 ? entries : (tailBuffer.read(tailBuffer.from(), maxBytes, of) ?? []);
  };

  return {
    head,
    oldest: () => Math.min(oldest(), head() + 1),
    read(after, maxBytes, of) {
      if (after >= head()) return [];
      const kept = Math.max(after, oldest() - 1);
      return tailBuffer.read(kept, maxBytes, of) ?? readOlder(kept, maxBytes, of);
    },
    isInMemory: (after) => after >= head() || Math.max(after, oldest() - 1) >= tailBuffer.from(),
    async readBefore(before, maxCount, maxBytes, of) {
      const to = before === 0 ? head() : Math.min(before - 1, head());
      const { entries, isCut } = tailBuffer.readBefore(to + 1, maxCount, maxBytes, of);
      const from = firstOf(of);
      if (isCut || tailBuffer.from() < from) return entries;
      return stored.read({ from, to, newestFirst: true, maxCount, maxBytes, of });
    },
    async count(after, maxCount, maxBytes, of) {
      const from = Math.max(after + 1, firstOf(of));
      const lastStored = tailBuffer.from();
      const inMemory = tailBuffer.count(Math.max(from - 1, lastStored), of);
      const range = { from, to: lastStored, newestFirst: false, maxCount: maxCount - inMemory, maxBytes, of };
      const isStored = from <= lastStored && inMemory <= maxCount;
      const count = inMemory + (isStored ? await stored.count(range) : 0);
      return count > maxCount ? Infinity : count;
    },
    async sequences(after, maxCount, of) {
      const from = Math.max(after + 1, firstOf(of));
      const inMemory = tailBuffer.read(from - 1, Infinity, of);
      if (inMemory) return inMemory.slice(0, maxCount).map(({ sequence }) => sequence);
      const range = { from, to: head(), newestFirst: false, maxCount, maxBytes: Infinity, of };
      return from > range.to ? [] : stored.sequences(range);
    },
    async recent(before, maxCount, of) {
      const end = Math.min(before, head() + 1);
      const { entries, isCut } = tailBuffer.readBefore(end, maxCount, Infinity, of);
      const range = { from: firstOf(of), to: Math.min(end - 1, tailBuffer.from()), newestFirst: true };
      if (isCut || range.to < range.from) return entries.map(recentOf);
      const left = { ...range, maxCount: maxCount - entries.length, maxBytes: Infinity, of };
      return [...entries.map(recentOf), ...(await stored.recent(left))];
    },
    async mentions(of, before, maxCount) {
      const found = await stored.mentions(of, Math.min(before, head() + 1), maxCount);
      return found.filter(({ sequence }) => sequence >= oldest());
    },
    newestDropped: () => droppedMessage(tailBuffer.dropped()),
    waitAfter: appendSignal.wait,
  };
}
