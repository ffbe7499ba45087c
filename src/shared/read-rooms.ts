import { readEntries, type EntryReading, type ReadList } from './read-entries.js';
import { maxSequence, maxTimestampMs } from './read-messages.js';
import {
  maxCounted,
  type MemberView,
  type OwnState,
  type Page,
  type RoomList,
  type RoomSettings,
  type RoomView,
} from './room-answers.js';
import type { SettingsOfRoom } from './room-requests.js';
import { boundedText, decodeText, maxNameBytes, maxTopicBytes } from './text.js';
import { readFields, wireType } from './wire-reader.js';

/** A direct room has up to 8. */
const maxParticipants = 16;

/** Far more than a page has, or than an account can have rooms. */
const maxItems = 20_000;

const maxCount = 2 ** 32 - 1;

const noBytes: Uint8Array = new Uint8Array(0);

const upToTag = 1 * 8 + wireType.varint;

const bytesOf = (field: number): number => field * 8 + wireType.bytes;

/** Reads a `Room`. Returns undefined if it is malformed; overlong texts are cut. */
export function readRoom(bytes: Uint8Array): RoomView | undefined {
  const fields = readFields(bytes, { field: 8, maxValues: maxParticipants });
  if (!fields) return undefined;
  const { texts, values } = fields;
  const number = (field: number): number => fields.numbers.get(field) ?? 0;
  if (number(1) > maxSequence || number(9) > maxSequence) return undefined;
  const own = readOwnState(fields);
  return {
    number: number(1),
    name: boundedText(texts.get(2) ?? noBytes, maxNameBytes),
    topic: boundedText(texts.get(3) ?? noBytes, maxTopicBytes),
    type: number(4),
    past: number(5),
    archived: number(6) !== 0,
    memberCount: Math.min(number(7), maxCount),
    participants: values.map((name) => boundedText(name, maxNameBytes)),
    newest: number(9),
    joined: number(16) !== 0,
    role: number(17),
    ...(own && { own }),
  };
}

/** A server that keeps read marks always sends settings. */
function readOwnState({ numbers, texts }: NonNullable<ReturnType<typeof readFields>>): OwnState | undefined {
  const settings = readSettings(texts.get(21));
  if (!settings) return undefined;
  return {
    readUpTo: Math.min(numbers.get(18) ?? 0, maxSequence),
    unread: Math.min(numbers.get(19) ?? 0, maxCounted),
    mentions: Math.min(numbers.get(20) ?? 0, maxCounted),
    settings: withoutRoom(settings),
  };
}

function withoutRoom({ notify, mutedUntil, hidden, pinned, markedUnread }: SettingsOfRoom): RoomSettings {
  return { notify, mutedUntil, hidden, pinned, markedUnread };
}

/** Reads a `RoomSettings`. Returns undefined if it is absent or malformed. */
export function readSettings(bytes: Uint8Array | undefined): SettingsOfRoom | undefined {
  const fields = bytes && readFields(bytes);
  if (!fields) return undefined;
  const number = (field: number): number => fields.numbers.get(field) ?? 0;
  if (number(1) > maxSequence) return undefined;
  return {
    room: number(1),
    notify: number(2),
    mutedUntil: Math.min(number(3), maxTimestampMs),
    hidden: number(4) !== 0,
    pinned: number(5) !== 0,
    markedUnread: number(6) !== 0,
  };
}

function readMember(bytes: Uint8Array): MemberView | undefined {
  const fields = readFields(bytes);
  const name = boundedText(fields?.texts.get(1) ?? noBytes, maxNameBytes);
  if (!fields || name === '') return undefined;
  return { name, role: fields.numbers.get(2) ?? 0, online: (fields.numbers.get(4) ?? 0) !== 0 };
}

type ReadPage<Item> = Page<Item> & Pick<ReadList<Item>, 'unreadable'>;

type ReadRoomList = Omit<RoomList, 'logId'> & Pick<ReadList<RoomView>, 'unreadable'>;

/** The well-formed rooms of a `RoomList`. */
export function* readRoomList(bytes: Uint8Array): Generator<undefined, ReadRoomList, void> {
  let upTo = 0;
  const { values, unreadable } = yield* readEntries(bytes, {
    read: readRoom,
    tag: bytesOf(3),
    maxEntries: maxItems,
    onOther(tag, value) {
      if (tag === upToTag && value <= maxSequence) upTo = value;
    },
  });
  return { upTo, rooms: values, unreadable };
}

/** The well-formed rooms of a `RoomPage`. */
export function readRoomPage(bytes: Uint8Array): Generator<undefined, ReadPage<RoomView>, void> {
  return readPage(bytes, readRoom);
}

/** The well-formed members of a `MemberPage`. */
export function readMemberPage(bytes: Uint8Array): Generator<undefined, ReadPage<MemberView>, void> {
  return readPage(bytes, readMember);
}

/** An overlong `next` counts as absent: a part of it would refer to another page. */
function* readPage<Item>(
  bytes: Uint8Array,
  read: EntryReading<Item>['read'],
): Generator<undefined, ReadPage<Item>, void> {
  let next = '';
  const { values, unreadable } = yield* readEntries(bytes, {
    read,
    maxEntries: maxItems,
    onOther(tag, value, end) {
      if (tag === bytesOf(2))
        next = value <= maxNameBytes ? decodeText(bytes.subarray(end - value, end)) : '';
    },
  });
  return { items: values, next, unreadable };
}
