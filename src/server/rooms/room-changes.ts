import {
  memberChange,
  roomChange,
  roomRole,
  roomType,
  type MemberChange,
  type RoomChange,
} from '../../shared/message.js';
import { isInForce } from './room-rules.js';
import type { Membership, Room } from './rooms.js';

/** A room as the fold changes it. */
export type FoldedRoom = { -readonly [Field in keyof Room]: Room[Field] } & {
  readonly members: Map<string, Membership>;
  former: Map<string, number>;
  banned: Map<string, number>;
  muted: Map<string, number>;
};

/** Shared by all rooms, because an empty map takes 200 bytes. Replaced before a value is set. */
export const none = new Map<string, number>();

/** `creator` and `accounts` become its members; the creator of a direct room is a member like the others. */
export function createRoom(
  number: number,
  creator: string,
  { name, topic, type, past }: RoomChange,
  accounts: readonly string[],
): FoldedRoom {
  const membership = { since: number, role: roomRole.member };
  const members = new Map<string, Membership>([[creator, membership]]);
  for (const account of accounts) members.set(account, membership);
  if (type !== roomType.direct) members.set(creator, { since: number, role: roomRole.moderator });
  return {
    number,
    creator,
    name,
    topic,
    type,
    past,
    archived: false,
    members,
    former: none,
    banned: none,
    muted: none,
    newest: 0,
    lastEntry: number,
    lastInPages: number,
  };
}

/** Of a change that breaks no rule. */
export function changeRoom(room: FoldedRoom, { what, name, topic }: RoomChange): void {
  if (what === roomChange.topic) room.topic = topic;
  else if (what === roomChange.renamed) room.name = name;
  else room.archived = what === roomChange.archived;
}

/** Of a change that breaks no rule; `account` is `change.account`, as the string that all maps share. */
export function changeMember(
  room: FoldedRoom,
  account: string,
  change: MemberChange,
  sequence: number,
  time: number,
): void {
  const { members, former, banned, muted } = room;
  switch (change.what) {
    case memberChange.joined:
    case memberChange.invited:
      members.set(account, { since: sequence, role: roomRole.member });
      // An open room that all members have left gets a moderator again.
      if (members.size === 1) setRole(room, account, roomRole.moderator);
      former.delete(account);
      banned.delete(account);
      break;
    case memberChange.banned:
      set(room, 'banned', account, change.until);
      endMembership(room, account, sequence, time);
      break;
    case memberChange.left:
    case memberChange.removed:
      endMembership(room, account, sequence, time);
      break;
    case memberChange.unbanned:
      banned.delete(account);
      break;
    case memberChange.muted:
      set(room, 'muted', account, change.until);
      break;
    case memberChange.unmuted:
      muted.delete(account);
      break;
    case memberChange.role:
      setRole(room, account, change.role);
      break;
  }
}

function endMembership(room: FoldedRoom, account: string, sequence: number, time: number): void {
  if (!room.members.delete(account)) return;
  set(room, 'former', account, sequence);
  const [longest] = room.members.keys();
  if (longest === undefined) {
    // No one could see a closed room any more, and its name would stay taken.
    if (room.type === roomType.closed) room.archived = true;
    return;
  }
  let successor: string | undefined;
  for (const [member, { role }] of room.members) {
    if (role === roomRole.moderator) return;
    if (successor === undefined && !isInForce(room.muted.get(member), time)) successor = member;
  }
  setRole(room, successor ?? longest, roomRole.moderator);
}

function setRole({ members, muted }: FoldedRoom, account: string, role: number): void {
  const membership = members.get(account);
  if (membership) members.set(account, { ...membership, role });
  if (role === roomRole.moderator) muted.delete(account);
}

function set(room: FoldedRoom, field: 'former' | 'banned' | 'muted', account: string, value: number): void {
  if (room[field] === none) room[field] = new Map();
  room[field].set(account, value);
}
