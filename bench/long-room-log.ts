import { emptyMessage, encodeUnsequenced } from '../src/shared/codec.js';
import {
  contentType,
  lobby,
  messageKind,
  past,
  roomChange,
  roomType,
  type Detail,
  type RoomChange,
} from '../src/shared/message.js';
import { encodeText } from '../src/shared/text.js';
import { entryOf } from '../src/server/logs/log-tail.js';
import type { Append } from '../src/server/messages/message-log.js';
import { messageIn } from '../src/server/rooms/folded-log.js';
import { createRooms } from '../src/server/rooms/room-state.js';
import type { Rooms } from '../src/server/rooms/rooms.js';
import { accountId } from './room-users.js';

export const messageCount = 1_000_000;
export const userCount = 1000;
export const roomCount = 1000;
export const membersPerRoom = 50;
/** `u0` is in that many rooms. */
export const ownRooms = 500;
export const sparseEvery = 10_000;
/** The newest messages are in a room that `u999` is not in; its rooms are quiet. */
export const invisibleCount = 100_000;
export const sparseRoom = 1;
const busyRoom = 2;
export const quietUser = userCount - 1;
export const quietRooms = 20;

/** Members by the index of the room; numbers are the sequences of the first entries, so room `index` is `index + 1`. */
function membersOf(index: number): number[] {
  const members = new Set<number>([index % 20]);
  if (index < ownRooms) members.add(0);
  if (index >= roomCount - quietRooms) members.add(quietUser);
  for (let user = index; members.size < membersPerRoom; user += 7)
    members.add(20 + (user % (userCount - 21)));
  return [...members];
}

function append(detail: Detail, author: number, text = ''): Append {
  const isPlain = detail.room === lobby && detail.kind === messageKind.message;
  const content = { type: contentType.text, content: text === '' ? emptyMessage : encodeText(text) };
  const message = { id: '', from: `u${author}`, timestamp: Date.now(), ...content };
  const placed = isPlain ? message : { ...message, detail: { ...detail, account: accountId(author) } };
  return {
    room: detail.room,
    kind: detail.kind,
    author: `u${author}`,
    id: '',
    message: () => encodeUnsequenced(placed),
  };
}

function creation(index: number): Append {
  const members = membersOf(index).map((user) => ({ account: accountId(user), name: `u${user}` }));
  const change = {
    what: roomChange.created,
    name: `room-${index}`,
    topic: '',
    type: roomType.closed,
    past: past.all,
  };
  const created: RoomChange = { ...change, members };
  const entry = append({ room: index + 1, kind: messageKind.room, roomChange: created }, index % 20);
  return { ...entry, room: 'new' };
}

function message(number: number): Append {
  const text = `message ${number}: a line as people write it`;
  const isSparse = number % sparseEvery === 0;
  const isLate = number >= messageCount - invisibleCount;
  const index = isSparse
    ? sparseRoom
    : isLate
      ? busyRoom
      : number % 2 === 0
        ? undefined
        : number % (roomCount - quietRooms);
  const room = index === undefined ? lobby : index + 1;
  return append(
    { room, kind: messageKind.message },
    index === undefined ? number % userCount : index % 20,
    text,
  );
}

/** The entries of the log: first the rooms are created. */
export function longRoomEntry(index: number): Append {
  return index < roomCount ? creation(index) : message(index - roomCount);
}

/** How often the messages of one page are changed. */
export const changes = { messages: 50, reactions: 10_000, edits: 1000, author: 'u0' } as const;

/** The entries of another log: a page of the lobby, the reactions of many users to its first message, and edits by the author of all. */
export function changedEntry(index: number): Append {
  const number = index - changes.messages;
  if (number < 0) return append({ room: lobby, kind: messageKind.message }, 0, `message ${index}`);
  if (number < changes.reactions) {
    return append({ room: lobby, kind: messageKind.react, target: 1, emoji: ['👍', '🎉'] }, number);
  }
  const target = 2 + (number % (changes.messages - 1));
  return append({ room: lobby, kind: messageKind.edit, target }, 0, `message ${target}, edited`);
}

/** The rooms after the first entries. */
export function roomsAfter(count: number): Rooms {
  const rooms = createRooms();
  for (let index = 0; index < count; index++) {
    const append = longRoomEntry(index);
    const entry = entryOf(append, append.message(), index + 1);
    rooms.apply({ ...entry, message: () => messageIn(entry.bytes) });
  }
  return rooms;
}
