import type { DroppedMessage } from '../../room/message-log.js';
import type { Operation, KeyRange } from './ordered-store.js';
import { decodeStrictText, decodeText, encodeText } from '../../../shared/text.js';

/**
 * A key is one letter for the kind, then what orders it. Numbers are big-endian, so that byte order is number order.
 * `e` sequence: the bytes of the entry
 * `c` first sequence of a commit: its count, time and total bytes, see `Commit`
 * `i` author, 0, id: see `DedupeRecord`
 * `a` author: how many ids this author has used
 * `m` `log-id`: a text; `oldest`, `taken` (reserved through): sequences; `dropped`: see `droppedPut`; `clock`: see
 *     `ClockRecord`; `users-added`: 1 after users were added
 */
const kinds = { entry: 'e', commit: 'c', id: 'i', author: 'a', meta: 'm' } as const;

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
export const metaKey = (
  name: 'log-id' | 'oldest' | 'taken' | 'dropped' | 'clock' | 'users-added',
): Uint8Array => encodeText(`${kinds.meta}${name}`);

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

export const put = (key: Uint8Array, value: Uint8Array): Operation => ({ type: 'put', key, value });
export const del = (key: Uint8Array): Operation => ({ type: 'del', key });

export function keyNumber(key: Uint8Array): number {
  return readNumbers(key.subarray(1), 1)?.[0] ?? 0;
}

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
