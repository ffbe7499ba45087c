import { ChatError } from '../../shared/errors.js';
import {
  messageKind,
  past,
  roomChange,
  roomType,
  type Detail,
  type Participant,
  type RoomChange,
} from '../../shared/message.js';
import type { NewRoom, RoomUpdate } from '../../shared/room-requests.js';
import type { AccountNames } from '../accounts/account-names.js';
import { isAccountName } from '../accounts/account-rules.js';
import type { Room } from './rooms.js';

/** What an entry changes, before it has an author. */
export type Change = Pick<Detail, 'kind' | 'roomChange' | 'memberChange'> & {
  readonly room: number | 'new';
};

const maxFirstMembers = 100;
const maxOtherParticipants = 7;

/** Throws `usage`, or `not-found` for a member who is no user; the name and the topic are not checked. */
export function creation(names: AccountNames, creator: Participant, request: NewRoom): Change {
  const { name, topic, type } = request;
  if (type !== roomType.open && type !== roomType.closed) {
    throw new ChatError('usage', 'a room is created open or closed; direct creates direct rooms');
  }
  if (request.members.length > maxFirstMembers) {
    throw new ChatError(
      'usage',
      `a room is created with at most ${maxFirstMembers} members: invite the others`,
    );
  }
  // The past of an open room is no secret.
  const seen = type === roomType.open ? past.all : request.past;
  const members = others(names, creator, request.members);
  return created({ name, topic, type, past: seen, members });
}

/** The other participants of a direct room. Throws `usage`, or `not-found` for a name without a user. */
export function participantsOf(
  names: AccountNames,
  creator: Participant,
  requested: readonly string[],
): readonly Participant[] {
  if (requested.length > maxOtherParticipants) {
    throw new ChatError('usage', `a direct room has at most ${maxOtherParticipants} other users`);
  }
  const participants = others(names, creator, requested);
  if (participants.length === 0) throw new ChatError('usage', 'a direct room needs another user');
  return participants;
}

/** `members`: all participants. */
export function directCreation(members: readonly Participant[]): Change {
  return created({ name: '', topic: '', type: roomType.direct, past: past.all, members });
}

/** One change for each field that differs, in the order in which an archived room allows them. */
export function updatesOf(room: Room, { name, topic, archived }: RoomUpdate): Change[] {
  const changes: Change[] = [];
  const add = (what: number, changed: Partial<RoomChange> = {}): void => {
    const change = { ...{ name: '', topic: '', type: 0, past: 0, members: [] }, ...changed, what };
    changes.push({ room: room.number, kind: messageKind.room, roomChange: change });
  };
  if (archived === false && room.archived) add(roomChange.unarchived);
  if (name !== undefined && name !== room.name) add(roomChange.renamed, { name });
  if (topic !== undefined && topic !== room.topic) add(roomChange.topic, { topic });
  if (archived === true && !room.archived) add(roomChange.archived);
  return changes;
}

/** `what` is one of `memberChange`. */
export function memberChangeOf(room: number, what: number, { account, name }: Participant): Change {
  return { room, kind: messageKind.member, memberChange: { account, name, what, until: 0, role: 0 } };
}

/** Throws `usage` or `not-found`. */
export function userNamed(names: AccountNames, name: string): Participant {
  if (!isAccountName(name)) throw new ChatError('usage', 'this cannot be the name of a user');
  const user = names.find(name);
  if (!user) throw new ChatError('not-found', `no such user: ${name}`);
  return user;
}

function created(room: Omit<RoomChange, 'what'>): Change {
  return { room: 'new', kind: messageKind.room, roomChange: { ...room, what: roomChange.created } };
}

/** Each once, without the actor. */
function others(names: AccountNames, actor: Participant, requested: readonly string[]): Participant[] {
  const users = requested.map((name) => userNamed(names, name));
  const byAccount = new Map(users.map((user) => [user.account, user]));
  byAccount.delete(actor.account);
  return [...byAccount.values()];
}
