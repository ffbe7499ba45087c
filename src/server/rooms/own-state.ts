import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { lobby, type Participant } from '../../shared/message.js';
import type { OwnState, RoomView } from '../../shared/room-answers.js';
import type { ReadMark, SettingsOfRoom } from '../../shared/room-requests.js';
import type { ReadMarks } from './read-marks.js';
import { configured, markedRead, noMark, settingsOf, type RoomMark, type RoomMarks } from './room-marks.js';
import { newestVisible, visibleRoom } from './room-views.js';
import type { Room, Rooms } from './rooms.js';
import type { UnreadCounts } from './unread-counts.js';

/** What the members of rooms have read, and their settings. Only the account itself sees them. */
export type OwnStates = {
  /** Adds what the account has read up to the entry `upTo`, unless the store cannot be read. */
  addTo(views: readonly RoomView[], reader: Participant, upTo: number): Promise<readonly RoomView[]>;
  /** Rejects with `no-such-room`, `not-permitted` or `store-unavailable`. */
  mark(account: string, mark: ReadMark): Promise<void>;
  /** As `mark`. */
  configure(account: string, settings: SettingsOfRoom): Promise<void>;
  /** The account has sent the message, and has read what precedes it. */
  readonly noteSent: (account: string, room: number, sequence: number) => void;
};

type OwnStatesOptions = {
  readonly rooms: Rooms;
  readonly marks: ReadMarks;
  readonly counts: UnreadCounts;
  readonly clock: Clock;
};

/** Over the rooms and the marks of a server. */
export function createOwnStates(options: OwnStatesOptions): OwnStates {
  const { rooms, marks, counts, clock } = options;

  const stateOf = async (
    { number, newest, joined }: RoomView,
    known: RoomMarks,
    { account, name }: Participant,
    upTo: number,
  ): Promise<OwnState> => {
    if (!joined)
      return { readUpTo: 0, unread: 0, mentions: 0, settings: settingsOf(noMark.settings, newest) };
    const mark = known.get(number) ?? noMark;
    const readUpTo = readPosition(rooms, account, number, mark);
    const count = counts.count(name, number, readUpTo, upTo);
    return {
      readUpTo,
      unread: typeof count === 'number' ? count : await count,
      mentions: 0,
      settings: settingsOf(mark.settings, newest),
    };
  };

  const memberRoom = (account: string, number: number): Room => {
    const room = visibleRoom(rooms, account, { number, name: '' });
    if (number === lobby || room.members.has(account)) return room;
    throw new ChatError('not-permitted', 'you are not a member of this room: join it first');
  };

  return {
    async addTo(views, reader, upTo) {
      try {
        const known = await marks.of(reader.account);
        const counted = await Promise.all(views.map((view) => stateOf(view, known, reader, upTo)));
        const unread = views.flatMap(({ number }, index) => {
          const state = counted[index];
          return state && state.unread > 0 ? [[number, state.readUpTo] as const] : [];
        });
        const mentions = await counts.mentions(reader, new Map(unread), upTo);
        const states = counted.map((state, index) => ({
          ...state,
          mentions: mentions.get(views[index]?.number ?? lobby) ?? 0,
        }));
        return views.map((view, index) => {
          const own = states[index];
          return own ? { ...view, own } : view;
        });
      } catch (error) {
        if (ChatError.from(error).code !== 'store-unavailable') throw error;
        return views;
      }
    },

    async mark(account, { room: number, sequence }) {
      const room = memberRoom(account, number);
      // A change may be one that the account must not notice.
      const bounded = Math.min(sequence, room.lastInPages);
      await marks.change(account, number, (before) => markedRead(before, bounded, clock.now()));
    },

    async configure(account, { room: number, ...settings }) {
      const room = memberRoom(account, number);
      const newest = newestVisible(rooms, account, room);
      await marks.change(account, number, (before) => configured(before, settings, newest, clock.now()));
    },

    noteSent(account, room, sequence) {
      const change = marks.change(account, room, (before) => markedRead(before, sequence, clock.now()));
      // While the marks cannot be read, the message counts as unread until the next mark.
      change.catch(() => undefined);
    },
  };
}

/** What precedes the membership is not unread. */
function readPosition(
  rooms: Pick<Rooms, 'get'>,
  account: string,
  number: number,
  { readUpTo }: RoomMark,
): number {
  return Math.max(readUpTo, rooms.get(number)?.members.get(account)?.since ?? 0);
}
