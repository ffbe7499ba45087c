import { ChatError } from '../../shared/errors.js';

export const maxMembers = 10_000;

export function noSuchRoom(): ChatError {
  return new ChatError('no-such-room', 'no such room');
}

export function noSuchMessage(): ChatError {
  return new ChatError('no-such-room', 'no such message');
}

export function messageDeleted(): ChatError {
  return new ChatError('not-found', 'this message was deleted');
}

export function unsupported(): ChatError {
  return new ChatError('unsupported', 'this server does not know such an entry');
}

export function notPermitted(reason: string): ChatError {
  return new ChatError('not-permitted', reason);
}

export function roomArchived(): ChatError {
  return new ChatError('room-archived', 'this room is archived');
}

export function notMember(name: string): ChatError {
  return new ChatError('not-found', `${name} is not a member of this room`);
}

export function nameTaken(name: string): ChatError {
  return new ChatError('already-exists', `there is already a room named ${name}`);
}

export function tooManyMembers(): ChatError {
  return limitReached(`a room has at most ${maxMembers} members`);
}

export function limitReached(limit: string): ChatError {
  return new ChatError('limit-reached', limit);
}
