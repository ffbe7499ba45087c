import { isSameName } from '../../shared/fold-text.js';
import {
  lobby,
  memberChange,
  plainPlacement,
  roomChange,
  roomType,
  type Message,
} from '../../shared/message.js';
import type { RoomView } from '../../shared/room-answers.js';
import type { KnownRooms, Opened } from '../connection/port.js';

/** Which rooms a feed delivers; `only`: the numbers of these, instead of all of which the user is a member. */
export type RoomScope = { readonly user: string; readonly only: ReadonlySet<number> | undefined };

/** The room of an entry. Its name is empty if the user has lost the room since. */
export type FeedRoom = Pick<RoomView, 'number' | 'name' | 'type' | 'participants'>;

/** The rooms of a feed, as the entries before left them. */
export type FollowedRooms = {
  /** Begins with the rooms of a stream. One that resumes may still deliver how a membership ended. */
  open(opened: Pick<Opened, 'resumed' | 'roomList'>): void;
  isShown(entry: Message): boolean;
  /** The rooms of these entries that are shown but not known. */
  unknownIn(entries: readonly Message[]): number[];
  add(room: RoomView): void;
  of(entry: Message): FeedRoom;
  /** The numbers of the rooms that are shown. */
  shown(): readonly number[];
  /** Those that have messages, the one with the newest message first. */
  active(): readonly number[];
  /** Changes the rooms as the entry says. */
  apply(entry: Message): void;
};

const endings: readonly number[] = [memberChange.left, memberChange.removed, memberChange.banned];

/** Knows no room before `open`. */
export function createFollowedRooms({ user, only }: RoomScope): FollowedRooms {
  let rooms = new Map<number, RoomView>();
  /** Earlier entries have already changed the rooms. */
  let upTo = 0;
  const isIncluded = (number: number): boolean => only === undefined || only.has(number);

  return {
    open({ resumed, roomList = noRooms }) {
      const listed = roomList.rooms.map((room) => [room.number, room] as const);
      rooms = new Map([...(resumed ? rooms : []), ...listed]);
      ({ upTo } = roomList);
    },
    isShown: (entry) => isIncluded(roomNumberOf(entry)),
    unknownIn(entries) {
      const numbers = new Set(entries.map(roomNumberOf));
      return [...numbers].filter((number) => isIncluded(number) && !rooms.has(number));
    },
    add(room) {
      rooms.set(room.number, room);
    },
    of(entry) {
      const number = roomNumberOf(entry);
      const name = number === lobby ? 'lobby' : '';
      return rooms.get(number) ?? { number, name, type: roomType.open, participants: [] };
    },
    shown: () => [...rooms.keys()].filter(isIncluded),
    active: () =>
      [...rooms.values()]
        .filter(({ number, newest }) => newest > 0 && isIncluded(number))
        .sort((one, other) => other.newest - one.newest)
        .map(({ number }) => number),
    apply({ sequence, from, detail }) {
      if (!detail || sequence <= upTo) return;
      const { room: number, roomChange: change, memberChange: member } = detail;
      const room = rooms.get(number);
      if (room && change?.what === roomChange.renamed) rooms.set(number, { ...room, name: change.name });
      if (member && endings.includes(member.what) && isSameName(member.name || from, user))
        rooms.delete(number);
    },
  };
}

const noRooms: KnownRooms = { upTo: 0, rooms: [] };

function roomNumberOf({ detail = plainPlacement }: Message): number {
  return detail.room;
}
