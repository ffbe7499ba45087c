import type { Clock } from '../../shared/clock.js';
import { lobby, messageKind, type Message, type Placement } from '../../shared/message.js';
import { dedupeWindowMs } from '../../shared/message-rules.js';

/**
 * One message in the log. `bytes` is a whole `ChatMessages` that holds just this one, its sequence included:
 * joining the bytes of several entries is the encoding of the larger batch.
 */
export type Entry = Placement & { readonly sequence: number; readonly bytes: Uint8Array };

/** An entry whose message somebody has decoded. */
export type DecodedEntry = Entry & { readonly message: Message };

/** A message that is no longer in the log. */
export type DroppedMessage = { readonly sequence: number; readonly digest: string };

/** What is appended. `message` must have the same placement. */
export type Append = Placement & {
  /**
   * The encoded `ChatMessage` without a sequence (`encodeUnsequenced`). Called unless this is a duplicate; what it
   * throws rejects the append.
   */
  readonly message: () => Uint8Array;
  /** The author's account name. */
  readonly author: string;
  /** The sender's id for it, empty if it chose none. */
  readonly id: string;
};

/** Where an append ended up. */
export type Appended = {
  readonly sequence: number;
  /** True if nothing was added, since the same author's id was appended before. */
  readonly duplicate: boolean;
};

/**
 * The port of the server's heart: an append-only log that everyone reads with a cursor of their own.
 * Sequences start at 1 and are never given twice; entries become visible in sequence order, when durable.
 * Every implementation passes `test/contract/message-log.ts`.
 */
export type MessageLog = {
  /** This log's identity: a reader's cursor means nothing in another log. At most 64 printable ASCII characters. */
  readonly logId: string;
  /** The newest visible sequence, 0 if there was never one. */
  head(): number;
  /** The oldest sequence still kept; `head() + 1` if none is. */
  oldest(): number;
  /**
   * Resolves when the message is durable and visible; with the sequence of the first one if the same author's id was
   * appended within the window in which ids are remembered (24 hours or that author's last 10,000 ids, whichever ends
   * first). Rejects with `store-unavailable` within 5 s, or with `shutting-down` after `close`. One that was rejected
   * may still appear later, once, under its id.
   */
  append(append: Append): Promise<Appended>;
  /**
   * The entries that follow `after`, oldest first: as many as fit into `maxBytes`, but at least one if there
   * is any (a larger one alone). With `room`, only the messages of that room (of the kind `message`). Damaged ones are
   * left out: the next cursor is the last entry's sequence. Answers without a promise when it can do so from memory.
   */
  read(after: number, maxBytes: number, room?: number): readonly Entry[] | Promise<readonly Entry[]>;
  /** Whether `read` answers from memory, so that the answer takes no further memory. */
  isInMemory(after: number): boolean;
  /**
   * The entries before `before` (exclusive; 0: from the newest), newest first, bounded by count and bytes. `room` as for
   * `read`.
   */
  readBefore(before: number, maxCount: number, maxBytes: number, room?: number): Promise<readonly Entry[]>;
  /**
   * The entries of all rooms before `before` (exclusive; 0: from the newest) whose text, folded, may hold `wanted`, newest first:
   * none is missing that does. In pages, some of them empty, that take milliseconds: in between the caller lets
   * others have their turn. Absent where `readBefore` is as fast.
   */
  prefiltered?(before: number, wanted: string): AsyncGenerator<readonly DecodedEntry[], void, undefined>;
  /**
   * The newest of the messages that were dropped to keep the log within its bounds, as `messageDigest` identifies it,
   * where that is known: whoever has read up to there has missed nothing.
   */
  newestDropped(): DroppedMessage | undefined;
  /** Resolves when `head()` has passed `sequence`; rejects with the signal's reason, or with `shutting-down`. */
  waitAfter(sequence: number, signal: AbortSignal): Promise<void>;
  /** False while appends fail. Reading continues regardless. */
  writable(): boolean;
  /** Refuses further appends, answers those under way, lets waiting readers go and closes the store. */
  close(): Promise<void>;
};

/** How long and how many of an author's ids are remembered. */
export type DedupeWindow = { readonly maxAgeMs: number; readonly maxCount: number };

/** What is remembered unless told otherwise. */
export const dedupeWindow: DedupeWindow = { maxAgeMs: dedupeWindowMs, maxCount: 10_000 };

/** What every log is made with. */
export type LogOptions = { readonly clock: Clock; readonly dedupeWindow?: DedupeWindow | undefined };

/** How much of a log is kept: its newest messages, by age or by size. Absent: all. */
export type Keep = { readonly milliseconds: number } | { readonly bytes: number };

/** Whether this is an entry that a client which knows no rooms may get: a message of the lobby. */
export function isLobbyMessage({ room, kind }: Placement): boolean {
  return room === lobby && kind === messageKind.message;
}

/** Whether this is a message of `room`; undefined matches every entry. */
export function isOfRoom(entry: Placement, room: number | undefined): boolean {
  return room === undefined || (entry.room === room && entry.kind === messageKind.message);
}
