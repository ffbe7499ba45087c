import { ChatError } from '../../shared/errors.js';
import {
  lobby,
  memberChange,
  messageKind,
  past,
  roomChange,
  roomRole,
  roomType,
  type MemberChange,
  type Message,
  type RoomChange,
} from '../../shared/message.js';
import {
  roomArchived,
  messageDeleted,
  limitReached,
  maxMembers,
  nameTaken,
  noSuchMessage,
  noSuchRoom,
  notMember,
  notPermitted,
  tooManyMembers,
  unsupported,
} from './room-errors.js';
import { isChange } from '../messages/message-log.js';
import type { Proposal, Room, Rooms } from './rooms.js';
import { firstVisible } from './visibility.js';

/** Part of the fold, so the same on all servers that share a log: a lower one can only be enforced before an append. */
export const roomLimits = {
  maxRoomsPerAccount: 100,
  maxDirectRoomsPerAccount: 1000,
  maxMembers,
  maxParticipants: 8,
  maxTopicCharacters: 250,
  maxEmoji: 5,
} as const;

const nameForm = /^[a-z0-9_.-]{1,32}$/;
const notInOneLine = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const maxTimeMs = 8.64e15;
/** The longest emoji of Unicode 16 has 15. */
const maxEmojiUnits = 40;

/** What is known of the rooms before the entry. */
type State = Pick<Rooms, 'get' | 'named' | 'direct' | 'createdBy' | 'directCreatedBy' | 'isDeleted' | 'upTo'>;

/** Of one change: who does it when, in a room that the actor can see. */
type Change = { readonly room: Room; readonly actor: string; readonly time: number };

/** Why the entry is void at this point of the log. Says nothing about a room that its sender cannot see. */
export function violation(rooms: State, entry: Proposal, message: Message): ChatError | undefined {
  const { account: actor, roomChange: ofRoom, memberChange: ofMember } = message.detail ?? {};
  const time = message.timestamp;
  if (!actor) return notPermitted('the entry names no account');
  if (!isKnown(entry.kind, ofRoom, ofMember)) return unsupported();
  if (entry.kind === messageKind.room && ofRoom?.what === roomChange.created) {
    return isPlaced(entry) ? creation(rooms, actor, ofRoom) : noSuchRoom();
  }
  const room = entry.room === 'new' ? undefined : rooms.get(entry.room);
  if (!room) return noSuchRoom();
  const joins = ofMember?.what === memberChange.joined && entry.kind === messageKind.member;
  const first = firstVisible(rooms, actor, room.number);
  if (first === undefined) {
    // That an open room exists is no secret, and its ban ends here when it has expired.
    if (room.type !== roomType.open) return noSuchRoom();
    const until = room.banned.get(actor);
    if (!joins || isInForce(until, time))
      return notPermitted(`you are banned from this room${untilText(until)}`);
  }
  const change = { room, actor, time };
  if (isChange(entry.kind) && (room.number === lobby || room.members.has(actor))) {
    const isThere = isEarlier(message.detail?.target, first ?? 0, entry.sequence ?? rooms.upTo() + 1);
    return isThere ? changingMessage(rooms, change, entry.kind, message) : noSuchMessage();
  }
  if (room.number === lobby) return notPermitted('the lobby cannot be changed');
  if (joins) return joining(change, ofMember);
  if (!room.members.has(actor)) return notPermitted('you are not a member of this room: join it first');
  if (entry.kind === messageKind.message) return writing(change);
  if (ofRoom && entry.kind === messageKind.room) return changing(rooms, change, ofRoom);
  return ofMember && changingMember(change, ofMember);
}

/** `until` as in `Room.banned`; undefined: there is none. */
export function isInForce(until: number | undefined, time: number): boolean {
  return until !== undefined && (until === 0 || time < until);
}

function isKnown(kind: number, room: RoomChange | undefined, member: MemberChange | undefined): boolean {
  if (kind === messageKind.room) return room !== undefined && isOneOf(roomChange, room.what);
  if (kind === messageKind.member) return member !== undefined && isOneOf(memberChange, member.what);
  return kind === messageKind.message || isChange(kind);
}

/** The number of a room is the sequence of the entry that creates it. */
function isPlaced({ room, sequence }: Proposal): boolean {
  return sequence === undefined ? room === 'new' : room === sequence;
}

function creation(rooms: State, actor: string, change: RoomChange): ChatError | undefined {
  if (!isOneOf(roomType, change.type) || !isOneOf(past, change.past)) return unsupported();
  const members = new Set(change.members.map(({ account }) => account));
  if (members.has('')) return new ChatError('usage', 'a member has no account id');
  if (change.type === roomType.direct) return directCreation(rooms, actor, change, members);
  const { maxRoomsPerAccount } = roomLimits;
  const malformed = badName(change.name) ?? badTopic(change.topic);
  if (malformed) return malformed;
  if (rooms.named(change.name)) return nameTaken(change.name);
  if (rooms.createdBy(actor) >= maxRoomsPerAccount) {
    return limitReached(`you have created ${maxRoomsPerAccount} rooms, which is the limit`);
  }
  return members.add(actor).size > maxMembers ? tooManyMembers() : undefined;
}

function directCreation(
  rooms: State,
  actor: string,
  { name, topic }: RoomChange,
  participants: ReadonlySet<string>,
): ChatError | undefined {
  const { maxDirectRoomsPerAccount: maxRooms, maxParticipants } = roomLimits;
  if (name !== '' || topic !== '') return new ChatError('usage', 'a direct room has no name and no topic');
  if (!participants.has(actor)) return new ChatError('usage', 'a direct room includes its creator');
  if (participants.size < 2) return new ChatError('usage', 'a direct room needs another user');
  if (participants.size > maxParticipants) {
    return limitReached(`a direct room has at most ${maxParticipants} members`);
  }
  if (rooms.direct(participants)) return new ChatError('already-exists', 'this direct room exists already');
  if (rooms.directCreatedBy(actor) < maxRooms) return undefined;
  return limitReached(`you have created ${maxRooms} direct rooms, which is the limit`);
}

function writing({ room, actor, time }: Change): ChatError | undefined {
  if (room.archived) return roomArchived();
  const until = room.muted.get(actor);
  return isInForce(until, time) ? notPermitted(`you are muted in this room${untilText(until)}`) : undefined;
}

/** Within what the actor can see, and before the change. */
function isEarlier(target: number | undefined, first: number, sequence: number): boolean {
  return target !== undefined && target >= first && target < sequence;
}

/**
 * The target is a message of this room, and an edit is by its author, as is a deletion that does not say otherwise: that
 * never changes, so it is checked before the append only.
 */
function changingMessage(
  rooms: State,
  change: Change,
  kind: number,
  { detail }: Message,
): ChatError | undefined {
  const { room, actor } = change;
  if (rooms.isDeleted(detail?.target ?? 0)) return messageDeleted();
  if (kind === messageKind.delete) {
    if (room.archived) return roomArchived();
    const mayDelete = !detail?.moderated || (room.type !== roomType.direct && isModerator(room, actor));
    return mayDelete ? undefined : notPermitted(onlyAuthor(room));
  }
  const { maxEmoji } = roomLimits;
  const emoji = detail?.emoji ?? [];
  // Which emoji there are depends on the version of Unicode, so servers could disagree.
  if (kind === messageKind.react && (emoji.length > maxEmoji || emoji.some(isOverlong))) {
    return new ChatError('usage', `a user reacts to a message with at most ${maxEmoji} emoji`);
  }
  return writing(change);
}

function isOverlong(emoji: string): boolean {
  return emoji.length > maxEmojiUnits;
}

function onlyAuthor({ number, type }: Room): string {
  return number === lobby || type === roomType.direct
    ? 'only its author can delete this message'
    : 'only its author and moderators can delete this message';
}

function changing(rooms: State, { room, actor }: Change, change: RoomChange): ChatError | undefined {
  if (room.type === roomType.direct) return notPermitted('a direct room cannot be changed');
  if (!isModerator(room, actor)) return notPermitted('only moderators may change this room');
  if (change.what === roomChange.unarchived) {
    if (!room.archived) return new ChatError('usage', 'this room is not archived');
    return rooms.named(room.name) && nameTaken(room.name);
  }
  if (room.archived) return roomArchived();
  if (change.what === roomChange.topic) return badTopic(change.topic);
  if (change.what !== roomChange.renamed) return undefined;
  const malformed = badName(change.name);
  if (malformed) return malformed;
  return (rooms.named(change.name) ?? room) === room ? undefined : nameTaken(change.name);
}

function joining({ room, actor }: Change, { account }: MemberChange): ChatError | undefined {
  if (account !== actor) return notPermitted('only the user can join');
  if (room.members.has(actor))
    return new ChatError('already-exists', 'you are a member of this room already');
  if (room.archived) return roomArchived();
  return room.members.size >= roomLimits.maxMembers ? tooManyMembers() : undefined;
}

function changingMember(change: Change, member: MemberChange): ChatError | undefined {
  const { room, actor, time } = change;
  const { what, account, name, until } = member;
  const isMember = room.members.has(account);
  if (account === '') return new ChatError('usage', 'the change names no account');
  if (room.type === roomType.direct) {
    return notPermitted(
      what === memberChange.left
        ? 'a direct room cannot be left'
        : 'the members of a direct room cannot be changed',
    );
  }
  if (what === memberChange.left)
    return account === actor ? undefined : notPermitted('only the user can leave');
  if (what === memberChange.invited) return invitation(change, member);
  if (!isModerator(room, actor)) return notPermitted('only moderators may do this');
  if (what === memberChange.removed) return isMember ? undefined : notMember(name);
  if (what === memberChange.banned) {
    if (account === actor) return notPermitted('you cannot ban yourself');
    return badUntil(until, time);
  }
  if (room.archived) return roomArchived();
  if (what === memberChange.unbanned) {
    return room.banned.has(account) ? undefined : new ChatError('not-found', `${name} is not banned`);
  }
  if (what === memberChange.unmuted) {
    return room.muted.has(account) ? undefined : new ChatError('not-found', `${name} is not muted`);
  }
  if (!isMember) return notMember(name);
  if (what === memberChange.role) return roleChange(room, member);
  return isModerator(room, account) ? notPermitted('a moderator cannot be muted') : badUntil(until, time);
}

function invitation({ room, time }: Change, { account, name }: MemberChange): ChatError | undefined {
  if (room.members.has(account)) return new ChatError('already-exists', `${name} is a member already`);
  if (room.archived) return roomArchived();
  const until = room.banned.get(account);
  if (isInForce(until, time)) return notPermitted(`${name} is banned from this room${untilText(until)}`);
  return room.members.size >= roomLimits.maxMembers ? tooManyMembers() : undefined;
}

function roleChange(room: Room, { account, name, role }: MemberChange): ChatError | undefined {
  if (!isOneOf(roomRole, role)) return unsupported();
  if (room.members.get(account)?.role === role) {
    return new ChatError('already-exists', `${name} has this role already`);
  }
  if (role === roomRole.moderator) return undefined;
  const others = [...room.members].some(
    ([id, member]) => id !== account && member.role === roomRole.moderator,
  );
  return others ? undefined : notPermitted('a room needs a moderator: make another member one first');
}

function isModerator(room: Room, account: string): boolean {
  return room.members.get(account)?.role === roomRole.moderator;
}

function isOneOf(values: Readonly<Record<string, number>>, value: number): boolean {
  return Object.values(values).includes(value);
}

function badName(name: string): ChatError | undefined {
  if (nameForm.test(name)) return undefined;
  return new ChatError('usage', 'a room name has 1 to 32 characters of a-z, 0-9, _ . and -');
}

function badTopic(topic: string): ChatError | undefined {
  const { maxTopicCharacters: max } = roomLimits;
  if (notInOneLine.test(topic)) {
    return new ChatError('usage', 'a topic is one line without control characters');
  }
  // A character has at most two units.
  const isTooLong = topic.length > 2 * max || Array.from(topic).length > max;
  return isTooLong ? new ChatError('usage', `a topic has at most ${max} characters`) : undefined;
}

function badUntil(until: number, time: number): ChatError | undefined {
  if (until === 0 || (until > time && until <= maxTimeMs)) return undefined;
  return new ChatError('usage', 'the time until when must be in the future');
}

function untilText(until: number | undefined): string {
  if (!until) return '';
  return ` until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
