import { decodeMessages } from '../../shared/codec.js';
import { lobby, mentionAll, type Detail, type Participant } from '../../shared/message.js';
import type { MentionsQuery } from '../../shared/message-queries.js';
import { maxGrpcMessageBytes } from '../../shared/message-rules.js';
import type { AccountNames } from '../accounts/account-names.js';
import type { Entry, Mentioned, MessageLog } from '../messages/message-log.js';
import type { PostTarget } from './room-posts.js';
import type { Rooms } from './rooms.js';
import { canSee, firstVisible } from './visibility.js';

/** Those of the mentioned users who can read the room, without the author; the others are left out without notice. */
export function mentionedIn(
  rooms: Rooms,
  names: AccountNames,
  author: Participant,
  { room, mentions = [] }: Pick<PostTarget, 'room' | 'mentions'>,
): Pick<Detail, 'mentions' | 'mentionedAccounts'> {
  const hasAll = mentions.includes(mentionAll);
  const found = new Map<string, string>();
  for (const mentioned of mentions) {
    const user = mentioned === mentionAll ? undefined : names.find(mentioned);
    if (!user || user.account === author.account) continue;
    if (firstVisible(rooms, user.account, room) !== undefined) found.set(user.account, user.name);
  }
  // The members are found by the mention of all.
  const accounts = [...found.keys()].filter((account) => !hasAll || !isMember(rooms, account, room));
  const kept = [...(hasAll ? [mentionAll] : []), ...found.values()];
  return {
    ...(kept.length > 0 && { mentions: kept }),
    ...(accounts.length > 0 && { mentionedAccounts: accounts }),
  };
}

function isMember(rooms: Rooms, account: string, room: number): boolean {
  return room === lobby || rooms.of(account).has(room);
}

type MentionsReading = {
  readonly log: Pick<MessageLog, 'head' | 'readBefore' | 'mentions'>;
  readonly rooms: Rooms;
  readonly reader: Participant;
};

const maxConcurrentRooms = 16;
const indexPageSize = 100;

/** The visible messages of others that mention the reader, newest first. It is empty only if there are no more. */
export async function readMentionsPage(
  { log, rooms, reader }: MentionsReading,
  { before, limit }: MentionsQuery,
): Promise<readonly Entry[]> {
  const page: Entry[] = [];
  let bytes = 0;
  for (let upper = before === 0 ? log.head() + 1 : before; upper > 0;) {
    const { sequences, down } = await placesBefore({ log, rooms, reader }, upper);
    for (const sequence of sequences) {
      const [entry] = await log.readBefore(sequence + 1, 1, maxGrpcMessageBytes);
      if (entry?.sequence !== sequence || !canSee(rooms, reader.account, entry)) continue;
      if (!mentions(entry, rooms, reader)) continue;
      bytes += entry.bytes.length;
      if (page.length > 0 && bytes > maxGrpcMessageBytes) return page;
      page.push(entry);
      if (page.length === limit) return page;
    }
    upper = down;
  }
  return page;
}

/** All messages from `down` to `upper` (exclusive) that may mention the reader, newest first. `down`: 0 at the end. */
async function placesBefore(
  { log, rooms, reader }: MentionsReading,
  upper: number,
): Promise<{ sequences: readonly number[]; down: number }> {
  const lists: readonly Mentioned[] = [
    { account: reader.account },
    ...[lobby, ...rooms.of(reader.account)].map((allOf) => ({ allOf })),
  ];
  const sequences = new Set<number>();
  let down = 0;
  for (let index = 0; index < lists.length; index += maxConcurrentRooms) {
    const some = lists.slice(index, index + maxConcurrentRooms);
    for (const found of await Promise.all(some.map((of) => log.mentions(of, upper, indexPageSize)))) {
      for (const { sequence } of found) sequences.add(sequence);
      if (found.length === indexPageSize) down = Math.max(down, found.at(-1)?.sequence ?? 0);
    }
  }
  const complete = [...sequences].filter((sequence) => sequence >= down);
  return { sequences: complete.sort((one, other) => other - one), down };
}

/** As the message is now: the index may have more. */
function mentions({ bytes, room }: Entry, rooms: Rooms, { account, name }: Participant): boolean {
  const [message] = decodeMessages(bytes);
  const { mentions: names = [], mentionedAccounts = [], account: sender } = message?.detail ?? {};
  const isOwn = sender === undefined ? message?.from === name : sender === account;
  if (isOwn) return false;
  return (
    mentionedAccounts.includes(account) || (names.includes(mentionAll) && isMember(rooms, account, room))
  );
}
