import { messageKind, roomType, type Detail, type Message } from '../../src/shared/message.js';
import type { RoomView } from '../../src/shared/room-answers.js';
import type { SessionEvent } from '../../src/client/session/events.js';
import { seenFrom, unknownRoom, type SessionState } from '../../src/client/session/state.js';
import { drive, message, opened } from './session-driver.js';

export function view(number: number, changes: Partial<RoomView> = {}): RoomView {
  return {
    ...unknownRoom(number),
    name: number === 0 ? 'lobby' : `room-${number}`,
    memberCount: 3,
    ...changes,
  };
}

/** The stream begins at the head 100, with these rooms. */
export function openedWith(numbers: readonly number[], resumed = false, upTo = 100): SessionEvent {
  return opened({
    ...{ head: upTo, resumed, hasRooms: true },
    roomList: { upTo, rooms: numbers.map((number) => view(number)) },
  });
}

export function live(...numbers: readonly number[]) {
  return drive({ type: 'reconnect' }, openedWith([0, ...numbers]));
}

export function inRoom(room: number, sequence: number, changes: Partial<Message> = {}): Message {
  return message(sequence, { detail: { room, kind: messageKind.message }, ...changes });
}

export function member(room: number, sequence: number, what: number, name: string): Message {
  const change = { what, name, account: '', until: 0, role: 0 };
  return message(sequence, { detail: { room, kind: messageKind.member, memberChange: change } });
}

export function changed(room: number, sequence: number, what: number, text: string): Message {
  const change = { what, name: text, topic: text, type: roomType.open, past: 0, members: [] };
  return message(sequence, { detail: { room, kind: messageKind.room, roomChange: change } });
}

/** An entry that changes a message of a room; by default an edit by its author. */
export function changeOf(
  target: number,
  sequence: number,
  changes: Omit<Partial<Message>, 'detail'> & { readonly detail?: Partial<Detail> } = {},
): Message {
  const { detail, ...others } = changes;
  return message(sequence, { ...others, detail: { room: 0, kind: messageKind.edit, target, ...detail } });
}

export function received(...messages: readonly Message[]): SessionEvent {
  return { type: 'received', messages };
}

export function sequencesIn(session: SessionState, room: number): number[] {
  return [...seenFrom(session, room).timeline.items].map((item) => item.message.sequence);
}
