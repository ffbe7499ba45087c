import { ChatError } from './errors.js';
import { chat } from './generated/messages.js';
import { notify as notifyLevels } from './message.js';
import { pageSize } from './message-queries.js';
import { decoded, plainNumber } from './protobuf-values.js';
import { maxTimestampMs } from './read-messages.js';
import type { RoomSettings } from './room-answers.js';

const {
  BrowseRequest,
  CreateRoomRequest,
  DirectRequest,
  MarkRequest,
  MemberRequest,
  MembersRequest,
  RoomRef: RoomRefMessage,
  RoomSettings: RoomSettingsMessage,
  UpdateRoomRequest,
} = chat.v1;

/** Refers to a room by its number or its name; without both, to the lobby. */
export type RoomRef = { readonly number: number; readonly name: string };

/** `after` is the `next` of the previous page; `limit` is at most `pageSizes.max`. */
export type RoomsQuery = { readonly prefix: string; readonly after: string; readonly limit: number };

/** `after` and `limit` as in `RoomsQuery`. */
export type MembersQuery = { readonly room: number; readonly after: string; readonly limit: number };

/** `type` is one of `roomType`, `past` one of `past`. */
export type NewRoom = {
  readonly name: string;
  readonly topic: string;
  readonly type: number;
  readonly past: number;
  /** Names of the first members besides the creator. */
  readonly members: readonly string[];
  /** The idempotency key; empty if the client chose none. */
  readonly id: string;
};

/** What is absent does not change. */
export type RoomUpdate = {
  readonly room: number;
  readonly name?: string;
  readonly topic?: string;
  readonly archived?: boolean;
};

/** Everything in the room up to this sequence is read. */
export type ReadMark = { readonly room: number; readonly sequence: number };

/** The settings of a room. */
export type SettingsOfRoom = RoomSettings & { readonly room: number };

/** A room and the name of a user. */
export type RoomAndUser = { readonly room: number; readonly name: string };

export function encodeRoomRef(ref: Partial<RoomRef>): Uint8Array {
  return RoomRefMessage.encode(ref).finish();
}

export function decodeRoomRef(bytes: Uint8Array): RoomRef {
  const { number, name } = decoded('request', () => RoomRefMessage.decode(bytes));
  return { number: plainNumber(number), name };
}

export function encodeRoomsQuery(query: Partial<RoomsQuery>): Uint8Array {
  return BrowseRequest.encode(query).finish();
}

export function decodeRoomsQuery(bytes: Uint8Array): RoomsQuery {
  const { prefix, after, limit } = decoded('request', () => BrowseRequest.decode(bytes));
  return { prefix, after, limit: pageSize(limit) };
}

export function encodeMembersQuery(query: Partial<MembersQuery>): Uint8Array {
  return MembersRequest.encode(query).finish();
}

export function decodeMembersQuery(bytes: Uint8Array): MembersQuery {
  const { room, after, limit } = decoded('request', () => MembersRequest.decode(bytes));
  return { room: plainNumber(room), after, limit: pageSize(limit) };
}

/** What is absent has the value 0, or is empty. */
export function encodeNewRoom({ members = [], ...room }: Partial<NewRoom>): Uint8Array {
  return CreateRoomRequest.encode({ ...room, members: [...members] }).finish();
}

export function decodeNewRoom(bytes: Uint8Array): NewRoom {
  const { name, topic, type, past, members, id } = decoded('request', () => CreateRoomRequest.decode(bytes));
  return { name, topic, type, past, members, id };
}

/** `names`: the other participants. */
export function encodeDirectRequest(names: readonly string[]): Uint8Array {
  return DirectRequest.encode({ names: [...names] }).finish();
}

export function decodeDirectRequest(bytes: Uint8Array): readonly string[] {
  return decoded('request', () => DirectRequest.decode(bytes)).names;
}

export function encodeRoomUpdate(update: RoomUpdate): Uint8Array {
  return UpdateRoomRequest.encode(update).finish();
}

export function decodeRoomUpdate(bytes: Uint8Array): RoomUpdate {
  const { room, name, topic, archived } = decoded('request', () => UpdateRoomRequest.decode(bytes));
  return {
    room: plainNumber(room),
    ...(typeof name === 'string' && { name }),
    ...(typeof topic === 'string' && { topic }),
    ...(typeof archived === 'boolean' && { archived }),
  };
}

export function encodeRoomAndUser(request: RoomAndUser): Uint8Array {
  return MemberRequest.encode(request).finish();
}

export function decodeRoomAndUser(bytes: Uint8Array): RoomAndUser {
  const { room, name } = decoded('request', () => MemberRequest.decode(bytes));
  return { room: plainNumber(room), name };
}

export function encodeReadMark(mark: ReadMark): Uint8Array {
  return MarkRequest.encode(mark).finish();
}

export function decodeReadMark(bytes: Uint8Array): ReadMark {
  const { room, sequence } = decoded('request', () => MarkRequest.decode(bytes));
  return { room: plainNumber(room), sequence: plainNumber(sequence) };
}

/** What is absent has the value 0. */
export function encodeSettings(settings: Partial<SettingsOfRoom>): Uint8Array {
  return RoomSettingsMessage.encode(settings).finish();
}

/** Throws `usage` for values that no setting has. */
export function decodeSettings(bytes: Uint8Array): SettingsOfRoom {
  const decodedSettings = decoded('request', () => RoomSettingsMessage.decode(bytes));
  const { notify, hidden, pinned, markedUnread } = decodedSettings;
  const mutedUntil = plainNumber(decodedSettings.mutedUntil);
  const isKnown = Object.values<number>(notifyLevels).includes(notify);
  if (!isKnown) throw new ChatError('usage', 'notify is none of the known levels');
  if (mutedUntil > maxTimestampMs) throw new ChatError('usage', 'muted_until is not a time');
  return { room: plainNumber(decodedSettings.room), notify, mutedUntil, hidden, pinned, markedUnread };
}
