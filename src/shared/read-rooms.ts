import { maxNameBytes } from './presence-update.js';
import { readEntries, type EntryReading, type ReadList } from './read-entries.js';
import { maxSequence } from './read-messages.js';
import type { MemberView, Page, RoomView } from './room-answers.js';
import { boundedText, decodeText } from './text.js';
import { WireReader, wireType } from './wire-reader.js';

/** Four times 250 characters, and a little more. */
const maxTopicBytes = 1024;

/** A direct room has up to 8. */
const maxParticipants = 16;

/** Far more than a page has, or than an account can have rooms. */
const maxItems = 20_000;

const maxCount = 2 ** 32 - 1;

const varint = (field: number): number => field * 8 + wireType.varint;
const bytesOf = (field: number): number => field * 8 + wireType.bytes;

/** Reads a `Room`. Returns undefined if it is malformed; overlong texts are cut. */
export function readRoom(bytes: Uint8Array): RoomView | undefined {
  const reader = new WireReader(bytes);
  const texts = new Map<number, string>();
  const numbers = new Map<number, number>();
  const participants: string[] = [];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (tag === undefined || value === undefined) return undefined;
    if (tag === bytesOf(8)) {
      if (participants.length < maxParticipants)
        participants.push(boundedText(reader.skipped(value), maxNameBytes));
    } else if (tag === bytesOf(2)) texts.set(2, boundedText(reader.skipped(value), maxNameBytes));
    else if (tag === bytesOf(3)) texts.set(3, boundedText(reader.skipped(value), maxTopicBytes));
    else if (tag <= varint(17) && tag % 8 === wireType.varint) numbers.set(tag, value);
  }
  const number = (field: number): number => numbers.get(varint(field)) ?? 0;
  if (number(1) > maxSequence || number(9) > maxSequence) return undefined;
  return {
    number: number(1),
    name: texts.get(2) ?? '',
    topic: texts.get(3) ?? '',
    type: number(4),
    past: number(5),
    archived: number(6) !== 0,
    memberCount: Math.min(number(7), maxCount),
    participants,
    newest: number(9),
    joined: number(16) !== 0,
    role: number(17),
  };
}

function readMember(bytes: Uint8Array): MemberView | undefined {
  const reader = new WireReader(bytes);
  let [name, role, online] = ['', 0, false];
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    const value = tag === undefined ? undefined : reader.skip(tag);
    if (value === undefined) return undefined;
    if (tag === bytesOf(1)) name = boundedText(reader.skipped(value), maxNameBytes);
    if (tag === varint(2)) role = value;
    if (tag === varint(4)) online = value !== 0;
  }
  return name === '' ? undefined : { name, role, online };
}

type ReadPage<Item> = Page<Item> & Pick<ReadList<Item>, 'unreadable'>;

/** The well-formed rooms of a `RoomList`. */
export function* readRoomList(bytes: Uint8Array): Generator<undefined, ReadPage<RoomView>, void> {
  const reading = { read: readRoom, tag: bytesOf(3), maxEntries: maxItems };
  const { values, unreadable } = yield* readEntries(bytes, reading);
  return { items: values, next: '', unreadable };
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
