import { lobby, past, roomType, type Placement } from '../../shared/message.js';
import { isRemoved, removedKind } from '../messages/message-log.js';
import type { Room, Rooms } from './rooms.js';

/** The first sequence from which the account may see the entries of the room; undefined: it cannot tell that it exists. */
export function firstVisible(rooms: Pick<Rooms, 'get'>, account: string, number: number): number | undefined {
  const room = rooms.get(number);
  return room && firstVisibleOf(room, account);
}

/** An entry; `target`: the sequence of the message that it changes. */
type Placed = Placement & { readonly sequence: number; readonly target?: number };

/** Whether the account may see the entry in any answer. A change is visible to those who can see the message too. */
export function canSee(rooms: Rooms, account: string, entry: Placed): boolean {
  const { sequence, target = sequence } = entry;
  if (sequence > rooms.upTo() || rooms.isVoid(sequence) || entry.kind === removedKind.change) return false;
  const first = firstVisible(rooms, account, entry.room);
  if (first !== undefined) return sequence >= first && target >= first;
  return endsMembership(rooms, account, entry);
}

/** Both ends are included. */
export type DeliveredRange = { readonly from: number; readonly to: number };

/** The entries of the room that a stream of the account delivers: those since it is a member, or the one that ended that. */
export function deliveredRange(
  rooms: Pick<Rooms, 'get'>,
  account: string,
  number: number,
): DeliveredRange | undefined {
  if (number === lobby) return { from: 0, to: Infinity };
  const room = rooms.get(number);
  const since = room?.members.get(account)?.since;
  if (since !== undefined) return { from: since, to: Infinity };
  const end = room?.former.get(account);
  return end === undefined ? undefined : { from: end, to: end };
}

/** Whether a stream of the account delivers the entry. */
export function isDelivered(rooms: Rooms, account: string, entry: Placed): boolean {
  const { sequence, room, target } = entry;
  if (rooms.isVoid(sequence) || isRemoved(entry)) return false;
  const range = deliveredRange(rooms, account, room);
  if (range === undefined || sequence < range.from || sequence > range.to) return false;
  return target === undefined || target >= (firstVisible(rooms, account, room) ?? Infinity);
}

function firstVisibleOf({ number, type, past: seen, members, banned }: Room, account: string) {
  if (number === lobby) return 0;
  if (type === roomType.open) return banned.has(account) ? undefined : number;
  const membership = members.get(account);
  if (!membership) return undefined;
  return type === roomType.direct || seen === past.all ? number : membership.since;
}

/** The one exception: an account learns that it is no longer a member. */
function endsMembership(rooms: Rooms, account: string, { room, sequence }: Placement & { sequence: number }) {
  return rooms.get(room)?.former.get(account) === sequence;
}
