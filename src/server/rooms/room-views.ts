import { ChatError } from '../../shared/errors.js';
import { lobby, roomRole, roomType, type Participant } from '../../shared/message.js';
import type { MemberView, Page, RoomView } from '../../shared/room-answers.js';
import type { MembersQuery, RoomRef, RoomsQuery } from '../../shared/room-requests.js';
import type { AccountNames } from '../accounts/account-names.js';
import { noSuchRoom } from './room-errors.js';
import type { Room, Rooms } from './rooms.js';
import { firstVisible } from './visibility.js';

/** The rooms and the names at one moment. */
export type Snapshot = { readonly rooms: Rooms; readonly names: AccountNames };

/** Throws `no-such-room` also for a room that the account cannot see. */
export function visibleRoom(rooms: Rooms, account: string, ref: RoomRef): Room {
  const room = referredRoom(rooms, ref);
  if (!room || firstVisible(rooms, account, room.number) === undefined) throw noSuchRoom();
  return room;
}

/** Regardless of who may see it. */
export function referredRoom(rooms: Rooms, { number, name }: RoomRef): Room | undefined {
  if (name === '') return rooms.get(number);
  if (number > 0) throw new ChatError('usage', 'give the number of the room or its name, not both');
  return rooms.named(name);
}

/** As the account sees it. Removed accounts are not counted. */
export function roomView({ rooms, names }: Snapshot, account: string, room: Room): RoomView {
  const { number, name, topic, type, past, archived, members } = room;
  const isLobby = number === lobby;
  const membership = members.get(account);
  return {
    ...{ number, name, topic, type, past, archived },
    memberCount: isLobby ? names.count : currentCount(names, members.keys()),
    participants: type === roomType.direct ? participantNames(names, members.keys()) : [],
    newest: newestVisible(rooms, account, room),
    joined: isLobby || membership !== undefined,
    role: membership?.role ?? roomRole.member,
  };
}

/** The newest message of the room that the account may see, 0 if there is none. */
export function newestVisible(rooms: Rooms, account: string, { number, newest }: Room): number {
  const first = firstVisible(rooms, account, number);
  return first !== undefined && newest >= first ? newest : 0;
}

/** The lobby, then the rooms of which the account is a member in the order of their creation. */
export function roomsOf(snapshot: Snapshot, account: string): RoomView[] {
  const { rooms } = snapshot;
  const numbers = [lobby, ...[...rooms.of(account)].sort((one, other) => one - other)];
  return numbers.flatMap((number) => {
    const room = rooms.get(number);
    return room ? [roomView(snapshot, account, room)] : [];
  });
}

/** Open rooms by name; the number is part of `next`, since an archived room may have the name of another one. */
export function openRooms(
  snapshot: Snapshot,
  account: string,
  { prefix, after, limit }: RoomsQuery,
): Page<RoomView> {
  const { rooms } = snapshot;
  const position = after === '' ? undefined : placeIn(after);
  const found: Room[] = [];
  for (const room of rooms.open()) {
    if (!room.name.startsWith(prefix) || (position && byName(room, position) <= 0)) continue;
    if (firstVisible(rooms, account, room.number) !== undefined) found.push(room);
  }
  const page = found.sort(byName).slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((room) => roomView(snapshot, account, room)),
    next: last && found.length > page.length ? `${last.name} ${last.number}` : '',
  };
}

/** Throws `no-such-room` also for a room that the account cannot see. */
export function membersOf(
  { rooms, names }: Snapshot,
  account: string,
  { room: number, after, limit }: MembersQuery,
  isOnline: (name: string) => boolean,
): Page<MemberView> {
  const room = visibleRoom(rooms, account, { number, name: '' });
  const items: MemberView[] = [];
  for (const user of names.after(after)) {
    const role = roleIn(room, user);
    if (role === undefined) continue;
    const last = items.at(-1);
    if (last && items.length === limit) return { items, next: last.name };
    items.push({ name: user.name, role, online: isOnline(user.name) });
  }
  return { items, next: '' };
}

function roleIn(room: Room, { account }: Participant): number | undefined {
  return room.number === lobby ? roomRole.member : room.members.get(account)?.role;
}

function currentCount(names: AccountNames, accounts: Iterable<string>): number {
  let count = 0;
  for (const account of accounts) if (names.isCurrent(account)) count++;
  return count;
}

function participantNames(names: AccountNames, accounts: Iterable<string>): string[] {
  return [...accounts].flatMap((account) => names.nameOf(account) ?? []).sort();
}

type Place = Pick<Room, 'name' | 'number'>;

const placeForm = /^([a-z0-9_.-]{1,32}) (\d{1,16})$/;

function placeIn(next: string): Place {
  const [, name, number] = placeForm.exec(next) ?? [];
  if (name === undefined) throw new ChatError('usage', 'after is not the next of a page');
  return { name, number: Number(number) };
}

function byName(one: Place, other: Place): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return one.number - other.number;
}
