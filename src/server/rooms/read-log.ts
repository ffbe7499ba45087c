import type { HistoryQuery } from '../../shared/message-queries.js';
import { lobby, messageKind } from '../../shared/message.js';
import { maxGrpcMessageBytes } from '../../shared/message-rules.js';
import { withReactions } from '../messages/current-form.js';
import {
  lobbyMessages,
  lobbyPageKinds,
  pageKinds,
  type Entry,
  type MessageLog,
  type RoomFilter,
} from '../messages/message-log.js';
import type { SearchScope } from '../messages/search.js';
import { noSuchRoom } from './room-errors.js';
import type { Rooms } from './rooms.js';
import { canSee, firstVisible } from './visibility.js';

/** Who reads, and what. */
export type Reading = {
  readonly log: Pick<MessageLog, 'head' | 'oldest' | 'read' | 'readBefore' | 'reactions'>;
  readonly rooms: Rooms;
  /** The account id. */
  readonly account: string;
};

/** A page of texts needs little of what a log can read at once. */
const readBytes = 64 * 1024;

/** The visible entries of a page, newest first. It is empty only if there are no more. Throws `no-such-room`. */
export async function readPage(reading: Reading, query: HistoryQuery): Promise<readonly Entry[]> {
  const first = visibleFrom(reading, query.room);
  const of = { room: query.room, kinds: query.room === lobby ? lobbyPageKinds : pageKinds };
  if (query.after === undefined) {
    return complete(reading, await pageBefore(reading, query, of, first), query.room);
  }
  const page = await pageAfter(reading, Math.max(query.after, first - 1), query.limit, of);
  return (await complete(reading, page, query.room)).toReversed();
}

async function pageBefore(
  { log, rooms, account }: Reading,
  { before, limit }: HistoryQuery,
  of: RoomFilter,
  first: number,
): Promise<readonly Entry[]> {
  for (let upper = before; ;) {
    const entries = await log.readBefore(upper, limit, maxGrpcMessageBytes, of);
    // A membership may have ended, or begun again, since `first` was computed.
    const visible = entries.filter((entry) => canSee(rooms, account, entry));
    const oldest = entries.at(-1)?.sequence ?? 0;
    if (visible.length > 0 || oldest <= Math.max(first, 1)) return visible;
    upper = oldest;
  }
}

async function pageAfter(
  { log, rooms, account }: Reading,
  after: number,
  limit: number,
  of: RoomFilter,
): Promise<Entry[]> {
  const page: Entry[] = [];
  let bytes = 0;
  for (let position = after; page.length < limit;) {
    const entries = await log.read(position, readBytes, of);
    for (const entry of entries) {
      position = entry.sequence;
      if (!canSee(rooms, account, entry)) continue;
      bytes += entry.bytes.length;
      if (page.length === limit || (page.length > 0 && bytes > maxGrpcMessageBytes)) return page;
      page.push(entry);
    }
    if (entries.length === 0) return page;
  }
  return page;
}

/**
 * The entries with the reactions to them; fewer if they would be too large together. `room`: if they are consecutive in it.
 */
export async function complete(
  { log }: Pick<Reading, 'log'>,
  entries: readonly Entry[],
  room?: number,
): Promise<readonly Entry[]> {
  const sequences = entries.map(({ sequence }) => sequence);
  const found =
    room === undefined
      ? await Promise.all(entries.map((entry) => log.reactions(entry.room, entry.sequence, entry.sequence)))
      : [await log.reactions(room, Math.min(...sequences), Math.max(...sequences))];
  const reactions = new Map(found.flatMap((some) => [...some]));
  if (reactions.size === 0) return entries;
  const completed: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const current = reactions.get(entry.sequence);
    const full = current ? withReactions(entry, current) : entry;
    // An image of the maximum size leaves no place for them.
    const fitting = full.bytes.length <= maxGrpcMessageBytes ? full : entry;
    bytes += fitting.bytes.length;
    if (completed.length > 0 && bytes > maxGrpcMessageBytes) break;
    completed.push(fitting);
  }
  return completed;
}

/** Those of these entries that are visible, in their order, until the answer would be too large. `sequences`: sorted. */
export async function readOnly(reading: Reading, sequences: readonly number[]): Promise<readonly Entry[]> {
  const { log, rooms, account } = reading;
  const wanted = new Set(sequences);
  const kept = sequences.filter((sequence) => sequence >= log.oldest() && sequence <= log.head());
  const found: Entry[] = [];
  let bytes = 0;
  for (let next = 0; next < kept.length;) {
    const [sequence = 0, following] = kept.slice(next, next + 2);
    const isAlone = following !== sequence + 1;
    const entries = isAlone
      ? await log.readBefore(sequence + 1, 1, maxGrpcMessageBytes)
      : await log.read(sequence - 1, readBytes);
    for (const entry of entries) {
      const isWanted = entry.sequence >= sequence && wanted.has(entry.sequence);
      if (!isWanted || !pageKinds.includes(entry.kind) || !canSee(rooms, account, entry)) continue;
      bytes += entry.bytes.length;
      if (found.length > 0 && bytes > maxGrpcMessageBytes) return found;
      found.push(entry);
    }
    const last = isAlone ? sequence : (entries.at(-1)?.sequence ?? Infinity);
    while (next < kept.length && (kept[next] ?? 0) <= last) next++;
  }
  return found;
}

/**
 * Messages in these rooms; without rooms, in all that the account can see. Throws `no-such-room`. Several rooms are
 * searched in the log and not in their indexes, since only the log is stored so that a search can skip most of it.
 */
export function searchScope(
  { rooms, account }: Pick<Reading, 'rooms' | 'account'>,
  only: readonly number[],
): SearchScope {
  const wanted = new Set(only);
  const lowest = Math.min(...[...wanted].map((room) => visibleFrom({ rooms, account }, room)));
  const [single] = wanted.size === 1 ? wanted : [];
  return {
    lowest: wanted.size === 0 ? 0 : lowest,
    isIncluded: (entry) =>
      entry.kind === messageKind.message &&
      (wanted.size === 0 || wanted.has(entry.room)) &&
      canSee(rooms, account, entry),
    ...(single !== undefined && { of: { room: single, kinds: lobbyMessages.kinds } }),
  };
}

function visibleFrom({ rooms, account }: Pick<Reading, 'rooms' | 'account'>, room: number): number {
  const first = firstVisible(rooms, account, room);
  if (first === undefined) throw noSuchRoom();
  return first;
}
