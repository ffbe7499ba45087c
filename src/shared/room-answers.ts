import { chat } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { MemberPage, Posted: PostedMessage, Room, RoomList: RoomListMessage, RoomPage } = chat.v1;

/** What an account has set for a room. */
export type RoomSettings = {
  /** One of `notify`. */
  readonly notify: number;
  /** No notifications until then, in milliseconds since 1970. */
  readonly mutedUntil: number;
  /** Until the next message. */
  readonly hidden: boolean;
  readonly pinned: boolean;
  /** Until the next read mark. */
  readonly markedUnread: boolean;
};

/** What an account has read of a room, and set for it. */
export type OwnState = {
  /** The read mark, a sequence. */
  readonly readUpTo: number;
  /** How many messages of others follow it; at most `maxCounted`, which means that many or more. */
  readonly unread: number;
  /** How many of all that follow it mention the account; likewise. */
  readonly mentions: number;
  readonly settings: RoomSettings;
};

export const maxCounted = 100;

/** A room as one account sees it. */
export type RoomView = {
  readonly number: number;
  /** Empty for a direct room. */
  readonly name: string;
  readonly topic: string;
  /** One of `roomType`. */
  readonly type: number;
  /** One of `past`. */
  readonly past: number;
  readonly archived: boolean;
  readonly memberCount: number;
  /** The names of the members of a direct room, sorted. */
  readonly participants: readonly string[];
  /** The sequence of the newest message that the account may see; 0 if there is none. */
  readonly newest: number;
  readonly joined: boolean;
  /** One of `roomRole`. */
  readonly role: number;
  /** Absent in a page of open rooms, and from a server that keeps no read marks. */
  readonly own?: OwnState | undefined;
};

/** The rooms of an account as of the sequence `upTo`. */
export type RoomList = {
  readonly upTo: number;
  readonly logId: string;
  readonly rooms: readonly RoomView[];
};

/** A member of a room; `role` is one of `roomRole`. */
export type MemberView = { readonly name: string; readonly role: number; readonly online: boolean };

/** `next` is the argument for the next page; empty on the last one. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next: string };

/** The stored message with this id. */
export type Posted = { readonly id: string; readonly sequence: number };

/** The answer to one of many messages. `code`: a gRPC status code; 0 if the message is stored. */
export type PostedOfMany = Posted & {
  readonly code: number;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
};

export function encodeRoom(room: RoomView): Uint8Array {
  return Room.encode(encodable(room)).finish();
}

export function encodeRoomList({ upTo, logId, rooms }: RoomList): Uint8Array {
  return RoomListMessage.encode({ upTo, logId, rooms: rooms.map(encodable) }).finish();
}

export function encodeRoomPage({ items, next }: Page<RoomView>): Uint8Array {
  return RoomPage.encode({ rooms: items.map(encodable), next }).finish();
}

export function encodeMemberPage({ items, next }: Page<MemberView>): Uint8Array {
  return MemberPage.encode({ members: [...items], next }).finish();
}

export function encodePosted({ retryAfterMs, ...posted }: Posted & Partial<PostedOfMany>): Uint8Array {
  return PostedMessage.encode({ ...posted, ...(retryAfterMs !== undefined && { retryAfterMs }) }).finish();
}

/** The answer to a single message has the code 0. */
export function decodePosted(bytes: Uint8Array): PostedOfMany {
  const { id, sequence, code, text, retryAfterMs } = decoded('answer', () => PostedMessage.decode(bytes));
  const waitMs = plainNumber(retryAfterMs);
  return { id, sequence: plainNumber(sequence), code, text, retryAfterMs: waitMs > 0 ? waitMs : undefined };
}

function encodable({ participants, own, ...room }: RoomView): chat.v1.Room.$Properties {
  return { ...room, ...own, participants: [...participants] };
}
