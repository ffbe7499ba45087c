import { summaryOf } from '../../messages/entry-summary.js';
import { isChange, removedKind, type DroppedMessage, type Entry } from '../../messages/message-log.js';
import type { Operation, KeyRange } from './ordered-store.js';
import { decodeReactions, encodeReactions } from '../../../shared/codec.js';
import type { ChangeState, OwnRecord } from '../amendments.js';
import { decodeStrictText, decodeText, encodeText } from '../../../shared/text.js';

/**
 * A key is one letter for the kind, then what orders it. Numbers are big-endian, so that byte order is number order.
 * `e` sequence: the bytes of the entry
 * `c` first sequence of a commit: its count, time and total bytes, see `Commit`
 * `i` author, 0, id: see `DedupeRecord`
 * `a` author: how many ids this author has used
 * `q` room, sequence: the kind of the entry, and since read marks its sender; from the first one that is no plain message
 *     of the lobby. `p`: the same of the changes of messages, and `o` of those that are removed
 * `x` room, sequence: what has become of the changes of this message, see `changesPut`
 * `y` sequence, account: its reactions to this message, see `ownPut`
 * `z` sequence: when the content of the entry was removed; until its last copies on the disk are
 * `r` number: a part of the saved state of the rooms, see `SavedRooms`
 * `n`: see `mentionKeys`
 * `u` account id: see `AccountStateStore`
 * `m` `log`: see `logPut`; `oldest`, `taken` (reserved through), `rooms-from` (where `q` begins): sequences; `dropped`:
 *     see `droppedPut`; `clock`: see `ClockRecord`; `saved-rooms`: see `formatHeader`; `users-added`: 1 after users were
 *     added; in format 1 `log-id`: a text
 */
const kinds = {
  entry: 'e',
  commit: 'c',
  id: 'i',
  author: 'a',
  room: 'q',
  roomChanges: 'p',
  removedChanges: 'o',
  savedRooms: 'r',
  changes: 'x',
  own: 'y',
  erased: 'z',
  account: 'u',
  meta: 'm',
} as const;

/** What was written in one flush: consecutive sequences. Small, so that scans need not read the messages. */
export type Commit = {
  readonly first: number;
  readonly count: number;
  /** By `PlausibleClock`, in milliseconds since 1970; a message's own timestamp is only its sender's claim. */
  readonly time: number;
  /** The bytes of all entries up to the end of this commit, since the log began. */
  readonly totalBytes: number;
};

/** What is stored for an id. */
export type DedupeRecord = {
  readonly sequence: number;
  readonly time: number;
  /** The author's n-th id. */
  readonly ordinal: number;
};

export const entryKey = (sequence: number): Uint8Array => numberKey(kinds.entry, sequence);
export const commitKey = (first: number): Uint8Array => numberKey(kinds.commit, first);
/** Author names contain no control character. */
export const idKey = (author: string, id: string): Uint8Array =>
  encodeText(`${kinds.id}${author}\u0000${id}`);
export const authorKey = (author: string): Uint8Array => encodeText(`${kinds.author}${author}`);
type MetaName =
  'log' | 'log-id' | 'oldest' | 'taken' | 'rooms-from' | 'saved-rooms' | 'dropped' | 'clock' | 'users-added';
export const metaKey = (name: MetaName): Uint8Array => encodeText(`${kinds.meta}${name}`);

export const allIds: KeyRange = { from: encodeText(kinds.id), to: encodeText('j') };
export const allKeys: KeyRange = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };

export const entryRange = (from: number, to: number): KeyRange => ({
  from: entryKey(from),
  to: entryKey(to),
});
export const commitRange = (from: number, to: number): KeyRange => ({
  from: commitKey(from),
  to: commitKey(to),
});

/** The parts of the index of rooms, so that no page has to pass the changes of its messages. */
export const roomParts = ['room', 'roomChanges', 'removedChanges'] as const;
/** One of them. */
export type RoomPart = (typeof roomParts)[number];

/** From `from` (inclusive) to `to` (exclusive). */
export const roomRange = (room: number, from: number, to: number, part: RoomPart = 'room'): KeyRange => ({
  from: roomKey(part, room, from),
  to: roomKey(part, room, to),
});
export const savedRoomsKey = (part: number): Uint8Array => numberKey(kinds.savedRooms, part);
export const savedRoomsRange: KeyRange = { from: savedRoomsKey(0), to: encodeText('s') };
/** All rooms from `room` on. */
export const roomsFrom = (room: number, part: RoomPart = 'room'): KeyRange => ({
  from: roomKey(part, room, 0),
  to: Uint8Array.of(kinds[part].charCodeAt(0) + 1),
});
/** The whole index of rooms. */
export const allRooms: KeyRange = {
  from: encodeText(kinds.removedChanges),
  to: encodeText(kinds.savedRooms),
};

export const put = (key: Uint8Array, value: Uint8Array): Operation => ({ type: 'put', key, value });
export const del = (key: Uint8Array): Operation => ({ type: 'del', key });

export function keyNumber(key: Uint8Array): number {
  return readNumbers(key.subarray(1), 1)?.[0] ?? 0;
}

export function roomPut({ room, kind, sequence, bytes }: Entry): Operation {
  const value = encodeText(`\u0000${summaryOf(bytes).sender}`);
  value[0] = kind;
  return put(roomKey(partOf(kind), room, sequence), value);
}

/** In what part of the index entries of this kind are. */
export function partOf(kind: number): RoomPart {
  if (kind === removedKind.change) return 'removedChanges';
  return isChange(kind) ? 'roomChanges' : 'room';
}

/** The sender of a `roomPut`; empty in those of earlier versions. */
export function readRoomSender(value: Uint8Array): string {
  return decodeText(value.subarray(1));
}

export const accountStateKey = (account: string): Uint8Array => encodeText(`${kinds.account}${account}`);

export function readRoomKey(key: Uint8Array): { readonly room: number; readonly sequence: number } {
  const [room = 0, sequence = 0] = readNumbers(key.subarray(1), 2) ?? [];
  return { room, sequence };
}

export function roomKey(part: RoomPart, room: number, sequence: number): Uint8Array {
  return Uint8Array.of(kinds[part].charCodeAt(0), ...numbers(room, sequence));
}

export function changesKey(room: number, target: number): Uint8Array {
  return Uint8Array.of(kinds.changes.charCodeAt(0), ...numbers(room, target));
}

/** The sequence of the last edit, then the reactions. */
export function changesPut(room: number, target: number, { edit, reactions }: ChangeState): Operation {
  return put(changesKey(room, target), Buffer.concat([numbers(edit), encodeReactions(reactions)]));
}

/** Undefined if it is damaged. */
export function readChanges(value: Uint8Array): ChangeState | undefined {
  const edit = readNumbers(value.subarray(0, 8), 1)?.[0];
  if (edit === undefined) return undefined;
  try {
    return { edit, reactions: decodeReactions(value.subarray(8)) };
  } catch {
    return undefined;
  }
}

/** From `from` (inclusive) to `to` (exclusive). */
export const changesRange = (room: number, from: number, to: number): KeyRange => ({
  from: changesKey(room, from),
  to: changesKey(room, to),
});
/** All rooms from `room` on. */
export const changesFrom = (room: number): KeyRange => ({ ...changesRange(room, 0, 0), to: ownKey(0, '') });

export function ownKey(target: number, account: string): Uint8Array {
  return Buffer.concat([numberKey(kinds.own, target), encodeText(account)]);
}

/** Of the messages from `from` (inclusive) to `to` (exclusive). */
export const ownRange = (from: number, to: number): KeyRange => ({
  from: ownKey(from, ''),
  to: ownKey(to, ''),
});

export function ownAccount(key: Uint8Array): string {
  return decodeText(key.subarray(9));
}

/** The sequence of the reaction, then the name and the emoji, each on its own line. */
export function ownPut(target: number, account: string, { sequence, name, emoji }: OwnRecord): Operation {
  const texts = encodeText([name, ...emoji].join('\n'));
  return put(ownKey(target, account), Buffer.concat([numbers(sequence), texts]));
}

export function readOwn(value: Uint8Array): OwnRecord | undefined {
  const sequence = readNumbers(value.subarray(0, 8), 1)?.[0];
  if (sequence === undefined) return undefined;
  const [name = '', ...emoji] = decodeText(value.subarray(8)).split('\n');
  return { sequence, name, emoji };
}

export function erasedPut(sequence: number, time: number): Operation {
  return put(numberKey(kinds.erased, sequence), numbers(time));
}

export const allErased: KeyRange = { from: encodeText(kinds.erased), to: encodeText('{') };
/** The records of changes, with those of what is erased. */
export const allChanges: KeyRange = { from: encodeText(kinds.changes), to: encodeText('{') };

export function idAuthor(key: Uint8Array): string {
  const text = decodeStrictText(key.subarray(1)) ?? '';
  return text.slice(0, Math.max(0, text.indexOf('\u0000')));
}

export function numbers(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => writeNumber(view, index * 8, value));
  return bytes;
}

/** Undefined if `bytes` is not exactly `count` numbers. */
export function readNumbers(bytes: Uint8Array, count: number): number[] | undefined {
  if (bytes.length !== count * 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(
    { length: count },
    (_, index) => view.getUint32(index * 8) * 2 ** 32 + view.getUint32(index * 8 + 4),
  );
}

export function commitPut({ first, count, time, totalBytes }: Commit): Operation {
  return put(commitKey(first), numbers(count, time, totalBytes));
}

export function readCommit(key: Uint8Array, value: Uint8Array): Commit | undefined {
  const [count, time, totalBytes] = readNumbers(value, 3) ?? [];
  if (count === undefined || time === undefined || totalBytes === undefined) return undefined;
  return { first: keyNumber(key), count, time, totalBytes };
}

export const lastOf = ({ first, count }: Commit): number => first + count - 1;

export const reservedThroughPut = (sequence: number): Operation => put(metaKey('taken'), numbers(sequence));

export function idPut(author: string, id: string, { sequence, time, ordinal }: DedupeRecord): Operation {
  return put(idKey(author, id), numbers(sequence, time, ordinal));
}

/** Of a log with changes of messages; without them it has format 2, which earlier versions read. */
export const currentFormat = 3;
export const formatWithoutChanges = 2;

/** The format, a space, the log id. Versions before format 2 find no log without `log-id`. */
export function logPut(logId: string, format: number): Operation {
  return put(metaKey('log'), encodeText(`${format} ${logId}`));
}

export function readLog(value: Uint8Array): { readonly format: number; readonly logId: string } | undefined {
  const [, format, logId] = /^(\d{1,9}) ([!-~]{1,64})$/.exec(decodeText(value)) ?? [];
  return format === undefined || logId === undefined ? undefined : { format: Number(format), logId };
}

/** The newest message that was dropped: its sequence, a space, its digest. */
export function droppedPut({ sequence, digest }: DroppedMessage): Operation {
  return put(metaKey('dropped'), encodeText(`${sequence} ${digest}`));
}

export function readDropped(value: Uint8Array): DroppedMessage | undefined {
  const [, sequence, digest] = /^(\d{1,16}) ([0-9a-f]{64})$/.exec(decodeText(value)) ?? [];
  return sequence === undefined || digest === undefined ? undefined : { sequence: Number(sequence), digest };
}

export function readDedupeRecord(value: Uint8Array): DedupeRecord | undefined {
  const [sequence, time, ordinal] = readNumbers(value, 3) ?? [];
  if (sequence === undefined || time === undefined || ordinal === undefined) return undefined;
  return { sequence, time, ordinal };
}

function numberKey(kind: string, number: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = kind.charCodeAt(0);
  writeNumber(new DataView(bytes.buffer), 1, number);
  return bytes;
}

function writeNumber(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 2 ** 32));
  view.setUint32(offset + 4, value >>> 0);
}
