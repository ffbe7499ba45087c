import { ChatError } from '../../shared/errors.js';
import {
  lobby,
  messageKind,
  past,
  roomChange,
  roomType,
  type Message,
  type RoomChange,
} from '../../shared/message.js';
import { isRemoved, pageKinds, removedKind } from '../messages/message-log.js';
import { changeMember, changeRoom, createRoom, type FoldedRoom } from './room-changes.js';
import { violation } from './room-rules.js';
import { decodeRooms, type SavedRooms } from './room-state-codec.js';
import type { FoldEntry, MembershipListener, Proposal, Room, Rooms } from './rooms.js';

/** The rooms before the first entry, or as `encodeRooms` has saved them. Throws as `decodeRooms` does. */
export function createRooms(saved?: Uint8Array): Rooms {
  return new FoldedRooms(
    saved ? decodeRooms(saved) : { upTo: 0, rooms: [emptyLobby()], voids: [], deleted: [] },
  );
}

type Account = {
  /** The one string that all maps share. */
  readonly id: string;
  readonly rooms: Set<number>;
  readonly former: Map<number, number>;
  created: number;
  directCreated: number;
};

class FoldedRooms implements Rooms {
  readonly #rooms = new Map<number, FoldedRoom>();
  readonly #names = new Map<string, number>();
  readonly #direct = new Map<string, number>();
  readonly #accounts = new Map<string, Account>();
  readonly #voids: Set<number>;
  readonly #deleted: Set<number>;
  readonly #listeners: MembershipListener[] = [];
  #upTo: number;

  constructor({ upTo, rooms, voids, deleted }: SavedRooms) {
    this.#upTo = upTo;
    this.#voids = new Set(voids);
    this.#deleted = new Set(deleted);
    for (const room of rooms) this.#add(room);
  }

  upTo(): number {
    return this.#upTo;
  }

  all(): Iterable<Room> {
    return this.#rooms.values();
  }

  get(number: number): Room | undefined {
    return this.#rooms.get(number);
  }

  named(name: string): Room | undefined {
    return this.#found(this.#names.get(name));
  }

  direct(accounts: Iterable<string>): Room | undefined {
    return this.#found(this.#direct.get(participantsKey(accounts)));
  }

  of(account: string): ReadonlySet<number> {
    return this.#accounts.get(account)?.rooms ?? noRooms;
  }

  former(account: string): ReadonlyMap<number, number> {
    return this.#accounts.get(account)?.former ?? noFormer;
  }

  *open(): Iterable<Room> {
    for (const room of this.#rooms.values()) {
      if (room.type === roomType.open && room.number !== lobby) yield room;
    }
  }

  createdBy(account: string): number {
    return this.#accounts.get(account)?.created ?? 0;
  }

  directCreatedBy(account: string): number {
    return this.#accounts.get(account)?.directCreated ?? 0;
  }

  isVoid(sequence: number): boolean {
    return this.#voids.has(sequence);
  }

  voids(): Iterable<number> {
    return this.#voids;
  }

  isDeleted(sequence: number): boolean {
    return this.#deleted.has(sequence);
  }

  deleted(): Iterable<number> {
    return this.#deleted;
  }

  verdict(entry: Proposal): ChatError | undefined {
    const message = this.#judged(entry);
    return message instanceof ChatError ? message : undefined;
  }

  apply(entry: FoldEntry): ChatError | undefined {
    const { sequence } = entry;
    if (sequence <= this.#upTo) throw new RangeError(`entry ${sequence} is folded already`);
    this.#upTo = sequence;
    const message = this.#judged(entry);
    if (message instanceof ChatError) {
      this.#voids.add(sequence);
      return message;
    }
    this.#fold(entry, message);
    return undefined;
  }

  skipTo(sequence: number): void {
    this.#upTo = Math.max(this.#upTo, sequence);
  }

  onMembership(listener: MembershipListener): void {
    this.#listeners.push(listener);
  }

  /** The decoded message, undefined for one of the lobby, or why the entry is void. */
  #judged(entry: Proposal): Message | ChatError | undefined {
    if (entry.room === lobby && entry.kind === messageKind.message) return undefined;
    // It was judged before its content was removed.
    if (isRemoved(entry)) return undefined;
    try {
      const message = entry.message();
      return violation(this, entry, message) ?? message;
    } catch (error) {
      return ChatError.from(error);
    }
  }

  #fold({ room: number, kind, sequence }: FoldEntry, message: Message | undefined): void {
    const { roomChange: ofRoom, memberChange: ofMember, account: actor = '' } = message?.detail ?? {};
    if (kind === messageKind.room && ofRoom?.what === roomChange.created) {
      this.#create(sequence, actor, ofRoom);
      return;
    }
    const room = this.#rooms.get(number);
    if (!room) return;
    room.lastEntry = sequence;
    if (pageKinds.includes(kind)) room.lastInPages = sequence;
    if (kind === messageKind.delete && message?.detail?.target) this.#deleted.add(message.detail.target);
    if (kind === messageKind.message || kind === removedKind.message) room.newest = sequence;
    else if (kind === messageKind.room && ofRoom) {
      const nameBefore = takenName(room);
      changeRoom(room, ofRoom);
      this.#indexName(room, nameBefore);
    } else if (message && ofMember) {
      const account = this.#account(ofMember.account);
      const nameBefore = takenName(room);
      changeMember(room, account.id, ofMember, sequence, message.timestamp);
      this.#indexName(room, nameBefore);
      this.#indexMember(room, account);
    }
  }

  #create(number: number, creator: string, change: RoomChange): void {
    const members = change.members.map(({ account }) => this.#account(account).id);
    this.#add(createRoom(number, this.#account(creator).id, change, members));
  }

  #add(room: FoldedRoom): void {
    this.#rooms.set(room.number, room);
    this.#indexName(room, undefined);
    if (room.number === lobby) return;
    const creator = this.#account(room.creator);
    if (room.type === roomType.direct) {
      creator.directCreated++;
      this.#direct.set(participantsKey(room.members.keys()), room.number);
    } else creator.created++;
    for (const id of room.members.keys()) this.#indexMember(room, this.#account(id));
    for (const id of room.former.keys()) this.#indexMember(room, this.#account(id));
  }

  #indexName(room: FoldedRoom, before: string | undefined): void {
    const after = takenName(room);
    if (before === after) return;
    if (before !== undefined) this.#names.delete(before);
    if (after !== undefined) this.#names.set(after, room.number);
  }

  #indexMember({ number, members, former }: FoldedRoom, account: Account): void {
    const was = account.rooms.has(number);
    const is = members.has(account.id);
    const ended = former.get(account.id);
    if (ended === undefined) account.former.delete(number);
    else account.former.set(number, ended);
    if (was === is) return;
    if (is) account.rooms.add(number);
    else account.rooms.delete(number);
    for (const listener of this.#listeners) listener(account.id, number, is);
  }

  #found(number: number | undefined): Room | undefined {
    return number === undefined ? undefined : this.#rooms.get(number);
  }

  #account(id: string): Account {
    let account = this.#accounts.get(id);
    if (!account) {
      account = { id, rooms: new Set(), former: new Map(), created: 0, directCreated: 0 };
      this.#accounts.set(id, account);
    }
    return account;
  }
}

const noRooms: ReadonlySet<number> = new Set();
const noFormer: ReadonlyMap<number, number> = new Map();

function emptyLobby(): FoldedRoom {
  const change = { what: 0, name: 'lobby', topic: '', type: roomType.open, past: past.all, members: [] };
  const room = createRoom(lobby, '', change, []);
  room.members.clear();
  return room;
}

/** The name that no other room may have. */
function takenName({ type, archived, name }: Room): string | undefined {
  return type === roomType.direct || archived ? undefined : name;
}

function participantsKey(accounts: Iterable<string>): string {
  return [...new Set(accounts)].sort().join(' ');
}
