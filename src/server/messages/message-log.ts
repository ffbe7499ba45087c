import type { Clock } from '../../shared/clock.js';
import {
  lobby,
  messageKind,
  plainPlacement,
  type Message,
  type Placement,
  type Reaction,
} from '../../shared/message.js';
import { dedupeWindowMs } from '../../shared/message-rules.js';

/**
 * `bytes` is a `ChatMessages` of one message: concatenated entries are the encoding of a larger batch. `kind` is one of
 * `messageKind` or `removedKind`.
 */
export type Entry = Placement & {
  readonly sequence: number;
  /** The sequence of the message that it changes. */
  readonly target?: number;
  /** `Append.original`, of a store that keeps it. */
  readonly original?: Uint8Array;
  readonly bytes: Uint8Array;
};

/** The kinds of entries whose content was removed: a deleted message, and a change of no more effect. */
export const removedKind = { message: 64, change: 65 } as const;

/** An entry with its decoded message. */
export type DecodedEntry = Entry & { readonly message: Message };

/** A message that is no longer in the log. */
export type DroppedMessage = { readonly sequence: number; readonly digest: string };

/** The arguments of an append. */
export type Append = {
  /** `'new'`: the entry creates a room, whose number is the sequence of the entry; the log writes it into the message. */
  readonly room: number | 'new';
  readonly kind: number;
  /** Returns a `ChatMessage` without a sequence (`encodeUnsequenced`), of this placement. Not called for a duplicate. */
  readonly message: () => Uint8Array;
  readonly author: string;
  /** Of a change: the encoded target without its content, for a store that cannot replace an entry. */
  readonly original?: Uint8Array;
  /** The idempotency key; empty if the sender chose none. */
  readonly id: string;
};

/** An entry that was found without reading it. `sender`: a name; empty if only the entry has it. */
export type Recent = { readonly sequence: number; readonly sender: string };

/** Of an account, or of all members of a room. */
export type Mentioned = { readonly account: string } | { readonly allOf: number };

/** A message that mentions an account or all members. */
export type Mention = Recent & { readonly room: number };

/** Selects entries of one room. */
export type RoomFilter = { readonly room: number; readonly kinds: readonly number[] };

/** An entry that changes a message, after it was folded. */
export type Amendment = { readonly change: Entry; readonly isVoid: boolean };

/** The result of an append. */
export type Appended = {
  readonly sequence: number;
  /** True if an earlier append with this key has this sequence, and nothing was added. */
  readonly duplicate: boolean;
};

/** Sequences start at 1 and are never reused; entries become visible in order, once durable. See `test/contract`. */
export type MessageLog = {
  /** Cursors are valid in this log only. At most 64 printable ASCII characters. */
  readonly logId: string;
  /** The newest visible sequence, 0 if there was never one. */
  head(): number;
  /** The oldest sequence still kept; `head() + 1` if none is. */
  oldest(): number;
  /**
   * Resolves when durable and visible, also for a duplicate of an append within `dedupeWindow`. Rejects with what `message`
   * throws, or `store-unavailable` in 5 s; the message may still appear once.
   */
  append(append: Append): Promise<Appended>;
  /**
   * Oldest first, up to `maxBytes` but at least one, without damaged entries. With `of`, only those entries. No promise
   * if it answers from memory.
   */
  read(after: number, maxBytes: number, of?: RoomFilter): readonly Entry[] | Promise<readonly Entry[]>;
  isInMemory(after: number): boolean;
  /** The entries before `before` (exclusive; 0: from the newest), newest first. `of` as in `read`. */
  readBefore(before: number, maxCount: number, maxBytes: number, of?: RoomFilter): Promise<readonly Entry[]>;
  /**
   * How many entries follow `after`; damaged ones may be included. Infinity if there are more than `maxCount`, if a store
   * that has to read them finds more than `maxBytes`, or if they cannot be counted because of damage.
   */
  count(after: number, maxCount: number, maxBytes: number, of: RoomFilter): Promise<number>;
  /** Of the entries after `after`, ascending; damaged ones may be included. Fewer than `maxCount` only if none follow. */
  sequences(after: number, maxCount: number, of: RoomFilter): Promise<readonly number[]>;
  /** Before `before` (exclusive), newest first; damaged ones may be included. Fewer than `maxCount` only if none is older. */
  recent(before: number, maxCount: number, of: RoomFilter): Promise<readonly Recent[]>;
  /** As `recent`, of the messages that mention them, as far as the log remembers. */
  mentions(of: Mentioned, before: number, maxCount: number): Promise<readonly Mention[]>;
  /** No earlier entry is more than a plain message of the lobby. Infinity: none at all. Absent: only reading can tell. */
  firstWithRoom?(): number | Promise<number>;
  /** All rooms, but may skip entries without `wanted` in their folded text. Each page takes milliseconds. */
  prefiltered?(before: number, wanted: string): AsyncGenerator<readonly DecodedEntry[], void, undefined>;
  /**
   * Applies changes, in the order of the log: messages are then read in their current form, and what changes replaced or
   * deleted is removed. Applying one again has no effect. Resolves with the sequences of the entries that have changed,
   * once that is durable. Rejects like `append`.
   */
  amend(amendments: readonly Amendment[]): Promise<readonly number[]>;
  /** The reactions to messages of a room, by sequence; both ends are included. */
  reactions(room: number, from: number, to: number): Promise<ReadonlyMap<number, readonly Reaction[]>>;
  /** Why nothing can be removed from this log, so that messages can only get reactions. Absent: everything can. */
  readonly removalProblem?: string;
  /** Of a log that knows changes only in memory: those up to this sequence, which have to be applied again. */
  changesUpTo?(sequence: number): AsyncIterable<readonly Entry[]>;
  /** The newest message that retention removed, if known: a reader that has read up to it has missed nothing. */
  newestDropped(): DroppedMessage | undefined;
  /** Resolves when `head()` exceeds `sequence`; rejects with the signal's reason or `shutting-down`. */
  waitAfter(sequence: number, signal: AbortSignal): Promise<void>;
  /** Absent if appends that are in flight together are stored in their order, also if one of them fails. */
  readonly mayReorder?: true;
  /** Why appends fail at the moment, for users: `its disk is full`. Undefined while they succeed; reads continue. */
  storageProblem(): string | undefined;
  /** Rejects further appends with `shutting-down`, answers pending ones and releases waiting readers. */
  close(): Promise<void>;
};

/** Keeps the folded state of the rooms, so that a start need not read the log, whose beginning may have been removed. */
export type RoomStateStore = {
  /**
   * Never a state of entries that the log has not had, but perhaps of newer ones than `head()`, if those are damaged.
   * Undefined if there is none, or a damaged one that reading the whole log replaces; rejects if it cannot be replaced.
   */
  load(): Promise<Uint8Array | undefined>;
  /**
   * `upTo`: the newest sequence that the state contains. Of several states the store keeps the one with the highest.
   * Rejects with `store-unavailable` while the store accepts no writes, and then keeps the state before.
   */
  save(upTo: number, bytes: Uint8Array): Promise<void>;
};

/** Keeps a text for each account: what it has read, and its settings of rooms. */
export type AccountStateStore = {
  /** Undefined if there is none. Rejects with `store-unavailable`. */
  load(account: string): Promise<string | undefined>;
  /**
   * Replaces the text of each account by what its function returns for the stored one. Another server may do so at the
   * same time: the function may be called again. Durable soon after; what a crash loses is at most the last second.
   * Rejects with `store-unavailable`; some may be stored then.
   */
  save(changes: ReadonlyMap<string, (stored: string | undefined) => string>): Promise<void>;
};

/** How long, and how many, keys of one author are remembered; the limit that is reached first counts. */
export type DedupeWindow = { readonly maxAgeMs: number; readonly maxCount: number };

export const dedupeWindow: DedupeWindow = { maxAgeMs: dedupeWindowMs, maxCount: 10_000 };

/** Options of every log. */
export type LogOptions = { readonly clock: Clock; readonly dedupeWindow?: DedupeWindow | undefined };

/** Which messages are kept: the newest, by age or by size. Absent: all. */
export type Keep = { readonly milliseconds: number } | { readonly bytes: number };

/** The entries that clients without rooms may get. */
export const lobbyMessages: RoomFilter = { room: lobby, kinds: [messageKind.message] };

/** What a page of the lobby shows. */
export const lobbyPageKinds: readonly number[] = [messageKind.message, removedKind.message];

/** What a page of another room shows. */
export const pageKinds: readonly number[] = [...lobbyPageKinds, messageKind.room, messageKind.member];

export const allKinds: readonly number[] = Object.values(messageKind);

/** Where a stored message belongs. */
export function placementOf({ detail }: Message): Placement & { readonly target?: number } {
  if (!detail) return plainPlacement;
  const { room, kind, target, deleted } = detail;
  if (deleted) return { room, kind: target === undefined ? removedKind.message : removedKind.change };
  return { room, kind, ...(isChange(kind) && target !== undefined && { target }) };
}

/** Whether entries of this kind change a message. */
export function isChange(kind: number): boolean {
  return kind === messageKind.edit || kind === messageKind.delete || kind === messageKind.react;
}

export function isRemoved({ kind }: Pick<Placement, 'kind'>): boolean {
  return kind === removedKind.message || kind === removedKind.change;
}

export function isLobbyMessage({ room, kind }: Placement): boolean {
  return room === lobby && kind === messageKind.message;
}

/** Undefined matches every entry. */
export function matches({ room, kind }: Placement, of: RoomFilter | undefined): boolean {
  return of === undefined || (room === of.room && of.kinds.includes(kind));
}
