import { chat } from '../../src/shared/generated/messages.js';
import { plainNumber } from '../../src/shared/protobuf-values.js';
import type { MemberView, Page, RoomList, RoomSettings, RoomView } from '../../src/shared/room-answers.js';

/** Decoders without the limits of a client, and with everything that a server sends. They throw. */

export function decodeRoom(bytes: Uint8Array): RoomView {
  return plainRoom(chat.v1.Room.decode(bytes));
}

export function decodeRoomList(bytes: Uint8Array): RoomList {
  const { upTo, logId, rooms } = chat.v1.RoomList.decode(bytes);
  return { upTo: plainNumber(upTo), logId, rooms: rooms.map(plainRoom) };
}

export function decodeRoomPage(bytes: Uint8Array): Page<RoomView> {
  const { rooms, next } = chat.v1.RoomPage.decode(bytes);
  return { items: rooms.map(plainRoom), next };
}

export function decodeMemberPage(bytes: Uint8Array): Page<MemberView> {
  const { members, next } = chat.v1.MemberPage.decode(bytes);
  const items = members.map(({ name, role, online }) => ({
    name: name ?? '',
    role: role ?? 0,
    online: online ?? false,
  }));
  return { items, next };
}

function plainRoom(room: chat.v1.Room.$Properties): RoomView {
  return {
    number: plainNumber(room.number),
    name: room.name ?? '',
    topic: room.topic ?? '',
    type: room.type ?? 0,
    past: room.past ?? 0,
    archived: room.archived ?? false,
    memberCount: room.memberCount ?? 0,
    participants: room.participants ?? [],
    newest: plainNumber(room.newest),
    joined: room.joined ?? false,
    role: room.role ?? 0,
    ...(room.settings && {
      own: {
        readUpTo: plainNumber(room.readUpTo),
        unread: room.unread ?? 0,
        mentions: room.mentions ?? 0,
        settings: plainSettings(room.settings),
      },
    }),
  };
}

function plainSettings(settings: chat.v1.RoomSettings.$Properties): RoomSettings {
  return {
    notify: settings.notify ?? 0,
    mutedUntil: plainNumber(settings.mutedUntil),
    hidden: settings.hidden ?? false,
    pinned: settings.pinned ?? false,
    markedUnread: settings.markedUnread ?? false,
  };
}
