import { createHash } from 'node:crypto';
import protobuf from 'protobufjs/minimal.js';
import { ChatError } from '../../shared/errors.js';
import { lobby } from '../../shared/message.js';
import { WireReader } from '../../shared/wire-reader.js';
import { none, type FoldedRoom } from './room-changes.js';
import type { Membership, Room, Rooms } from './rooms.js';

/** What `encodeRooms` has written. The lobby is the first room. */
export type SavedRooms = {
  readonly upTo: number;
  readonly rooms: readonly FoldedRoom[];
  readonly voids: readonly number[];
  readonly deleted: readonly number[];
};

/**
 * The first bytes of the SHA-256 of all that follows, the version, and the content as varints and texts. Account ids are
 * listed once, and sequences are distances from an earlier one. Other versions keep the digest and the place of the version.
 */
const version = 2;
/** Without what follows the void entries. */
const firstVersion = 1;
const digestBytes = 8;
const encoder = new TextEncoder();

/** The state as bytes. */
export function encodeRooms(rooms: Rooms): Uint8Array {
  const accounts = new Map<string, number>();
  const content = new StateWriter();
  const all = [...rooms.all()];
  content.number(all.length);
  let previous = 0;
  for (const room of all) {
    content.number(room.number - previous);
    previous = room.number;
    writeRoom(content, room, accounts);
  }
  writeAscending(content, [...rooms.voids()]);
  writeAscending(
    content,
    [...rooms.deleted()].sort((one, other) => one - other),
  );
  for (const { lastEntry, lastInPages } of all) content.number(lastEntry - lastInPages);
  const header = new StateWriter();
  header.number(version);
  header.number(rooms.upTo());
  header.number(accounts.size);
  for (const account of accounts.keys()) header.text(account);
  const body = Buffer.concat([header.finish(), content.finish()]);
  return Buffer.concat([digestOf(body), body]);
}

/** Throws `data-directory` if a newer version has written them, and `internal` if they are damaged. */
export function decodeRooms(bytes: Uint8Array): SavedRooms {
  const body = bytes.subarray(digestBytes);
  if (!digestOf(body).equals(bytes.subarray(0, digestBytes))) throw damaged();
  const reader = new StateReader(body);
  const written = reader.number();
  if (written !== version && written !== firstVersion) {
    throw new ChatError(
      'data-directory',
      `the saved state of the rooms has format ${written}, which a newer version of chat wrote`,
    );
  }
  const upTo = reader.number();
  const accounts = reader.list(() => reader.text());
  let number = 0;
  const rooms = reader.list(() => {
    number += reader.number();
    return readRoom(reader, number, accounts);
  });
  if (rooms[0]?.number !== lobby) throw damaged();
  const voids = readAscending(reader);
  if (written === firstVersion) return { upTo, rooms, voids, deleted: [] };
  const deleted = readAscending(reader);
  for (const room of rooms) room.lastInPages = room.lastEntry - reader.number();
  return { upTo, rooms, voids, deleted };
}

function writeRoom(writer: StateWriter, room: Room, accounts: Map<string, number>): void {
  const indexOf = (account: string) => {
    const index = accounts.get(account) ?? accounts.size;
    accounts.set(account, index);
    return index;
  };
  const writeMap = (map: ReadonlyMap<string, number>, base: number) => {
    writer.number(map.size);
    for (const [account, value] of map) {
      writer.number(indexOf(account));
      writer.number(value - base);
    }
  };
  writer.number(indexOf(room.creator));
  writer.text(room.name);
  writer.text(room.topic);
  writer.number(room.type);
  writer.number(room.past);
  writer.number(room.archived ? 1 : 0);
  writer.number(room.newest);
  writer.number(room.lastEntry - room.number);
  writer.number(room.members.size);
  let previous = room.number;
  for (const [account, { since, role }] of room.members) {
    writer.number(indexOf(account));
    writer.number(since - previous);
    writer.number(role);
    previous = since;
  }
  writeMap(room.former, room.number);
  writeMap(room.banned, 0);
  writeMap(room.muted, 0);
}

function readRoom(reader: StateReader, number: number, accounts: readonly string[]): FoldedRoom {
  const readAccount = () => accounts[reader.number()] ?? rejectDamaged();
  const readMap = (base: number) => {
    const values = reader.list(() => [readAccount(), base + reader.number()] as const);
    return values.length > 0 ? new Map(values) : none;
  };
  const creator = readAccount();
  const name = reader.text();
  const topic = reader.text();
  const type = reader.number();
  const past = reader.number();
  const archived = reader.number() === 1;
  const newest = reader.number();
  const lastEntry = number + reader.number();
  const members = new Map<string, Membership>();
  let membership: Membership = { since: number, role: -1 };
  reader.list(() => {
    const account = readAccount();
    const since = membership.since + reader.number();
    const role = reader.number();
    // Those that began together share one object, as after `createRoom`.
    if (since !== membership.since || role !== membership.role) membership = { since, role };
    members.set(account, membership);
  });
  const former = readMap(number);
  const banned = readMap(0);
  const muted = readMap(0);
  const state = { archived, members, former, banned, muted, newest, lastEntry, lastInPages: lastEntry };
  return { number, creator, name, topic, type, past, ...state };
}

function writeAscending(writer: StateWriter, sequences: readonly number[]): void {
  writer.number(sequences.length);
  let previous = 0;
  for (const sequence of sequences) {
    writer.number(sequence - previous);
    previous = sequence;
  }
}

function readAscending(reader: StateReader): number[] {
  let sequence = 0;
  return reader.list(() => (sequence += reader.number()));
}

class StateWriter {
  readonly #writer = protobuf.Writer.create();

  number(value: number): void {
    if (value < 2 ** 32) this.#writer.uint32(value);
    else this.#writer.uint64(value);
  }

  text(text: string): void {
    this.#writer.bytes(encoder.encode(text));
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}

class StateReader {
  readonly #bytes: Buffer;
  readonly #reader: WireReader;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#reader = new WireReader(bytes);
  }

  number(): number {
    return this.#reader.varint() ?? rejectDamaged();
  }

  text(): string {
    const length = this.#reader.skipBytes() ?? rejectDamaged();
    return this.#bytes.toString('utf8', this.#reader.position - length, this.#reader.position);
  }

  list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.number(); left > 0; left--) items.push(read());
    return items;
  }
}

function digestOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, digestBytes);
}

function rejectDamaged(): never {
  throw damaged();
}

function damaged(): ChatError {
  return new ChatError('internal', 'the saved state of the rooms is damaged');
}
