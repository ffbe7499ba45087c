import { foldText } from '../../../shared/fold-text.js';
import { roomType } from '../../../shared/message.js';
import type { RoomView } from '../../../shared/room-answers.js';
import type { Conversation, News, RoomState } from '../../session/state.js';
import type { Preferences } from '../state/preferences.js';
import { roomLabel } from './room-names.js';
import { settingsOf } from './room-settings.js';

/** `mention`: a mention of the user or a direct message; `unread`: other new messages. A muted room has none. */
export type RoomLevel = 'mention' | 'unread' | 'none';

/** A room in the user's list. */
export type ListedRoom = {
  readonly number: number;
  /** `#ops` or `@ben`. Sanitised. */
  readonly label: string;
  readonly section: 'pinned' | 'rooms' | 'direct';
  readonly isDirect: boolean;
  readonly level: RoomLevel;
  /** With the level `mention` the mentions or direct messages, else the new messages; 0 if another session marked it unread. */
  readonly count: number;
  readonly isMuted: boolean;
};

/** Part of the list of rooms. `mentions` repeats rooms of the others. */
export type RoomSection = {
  readonly heading: 'mentions' | ListedRoom['section'];
  readonly rooms: readonly ListedRoom[];
};

const sections = ['pinned', 'rooms', 'direct'] as const;

/** With a single room there is nothing to list or name. */
export function hasSeveralRooms(session: Pick<Conversation, 'rooms'> | undefined): boolean {
  return session !== undefined && session.rooms.size > 1;
}

/** The rooms by section, each once, without the hidden ones; with `all`, those too. Sorts: not for each key press. */
export function orderedRooms(
  session: Conversation,
  preferences: Preferences,
  which: 'listed' | 'all' = 'listed',
): readonly ListedRoom[] {
  const { rooms, user } = session;
  const sortable = [...rooms.values()]
    .filter(({ room, news }) => which === 'all' || isListed(session, preferences, room.number, news))
    .map((state) => {
      const listed = listedRoom(session, preferences, state, roomLabel(state.room, user));
      return { listed, name: foldText(listed.label), newest: newestSequence(state) };
    });
  const isByActivity = preferences['room-order'] === 'activity';
  sortable.sort(
    (one, other) =>
      sections.indexOf(one.listed.section) - sections.indexOf(other.listed.section) ||
      (isByActivity ? other.newest - one.newest : 0) ||
      compareNames(one.name, other.name) ||
      one.listed.number - other.listed.number,
  );
  return sortable.map(({ listed }) => listed);
}

/** As `orderedRooms`; computed again only if the result may be another one. */
export function createRoomOrder(): (
  session: Conversation,
  preferences: Preferences,
) => readonly ListedRoom[] {
  let known: { readonly causes: readonly unknown[]; readonly rooms: readonly ListedRoom[] } | undefined;
  return (session, preferences) => {
    const { rooms, news, room, user } = session;
    const causes = [rooms, news, room.number, user, preferences.rooms, preferences['room-order']];
    if (!known || causes.some((cause, index) => cause !== known?.causes[index]))
      known = { causes, rooms: orderedRooms(session, preferences) };
    return known.rooms;
  };
}

/** The sections that are not empty. The current room is not among the mentions: the user sees it. */
export function roomSections(rooms: readonly ListedRoom[], current: number): readonly RoomSection[] {
  const mentioned = rooms.filter(({ number, level }) => level === 'mention' && number !== current);
  const parts = sections.map((heading) => ({
    heading,
    rooms: rooms.filter(({ section }) => section === heading),
  }));
  return [{ heading: 'mentions' as const, rooms: mentioned }, ...parts].filter(
    (section) => section.rooms.length > 0,
  );
}

/** The most urgent room with news that was not visited: mentions, direct messages, then other messages. */
export function nextRoomWithNews(
  rooms: readonly ListedRoom[],
  visited: ReadonlySet<number>,
): number | undefined {
  const open = rooms.filter(({ number, level }) => level !== 'none' && !visited.has(number));
  const next =
    open.find(({ level, isDirect }) => level === 'mention' && !isDirect) ??
    open.find(({ level }) => level === 'mention') ??
    open[0];
  return next?.number;
}

/** The room before (-1) or after (1) the current one in the list, and so on around; with `news`, of those with news. */
export function neighbouringRoom(
  rooms: readonly ListedRoom[],
  current: number,
  step: -1 | 1,
  which: 'any' | 'news' = 'any',
): number | undefined {
  const { length } = rooms;
  const start = rooms.findIndex(({ number }) => number === current);
  const from = start < 0 && step < 0 ? length : start;
  for (let count = 1; count <= length; count++) {
    const room = rooms.at((from + step * count) % length);
    if (room && room.number !== current && (which === 'any' || room.level !== 'none')) return room.number;
  }
  return undefined;
}

/** How many mentions and direct messages are new. Cheap: does not sort. */
export function urgentCount(session: Conversation, preferences: Preferences): number {
  let count = 0;
  for (const state of session.rooms.values()) {
    const { level, count: news } = listedRoom(session, preferences, state, '');
    if (level === 'mention') count += news;
  }
  return count;
}

const maxNamed = 3;

/** Other rooms with news, the most urgent first: `●1 @ben · 4 #ops`. Undefined if there are none. */
export function newsElsewhere(
  session: Conversation,
  preferences: Preferences,
): { readonly text: string; readonly isUrgent: boolean } | undefined {
  const found: { room: RoomView; level: RoomLevel; count: number; newest: number }[] = [];
  for (const state of session.rooms.values()) {
    const { level, count } = listedRoom(session, preferences, state, '');
    if (level === 'none' || state.room.number === session.room.number) continue;
    found.push({ room: state.room, level, count, newest: newestSequence(state) });
  }
  if (found.length === 0) return undefined;
  const isUrgent = found.some(({ level }) => level === 'mention');
  found.sort(
    (one, other) =>
      Number(other.level === 'mention') - Number(one.level === 'mention') || other.newest - one.newest,
  );
  const named = found.slice(0, maxNamed).map(({ room, level, count }) => {
    return `${level === 'mention' ? '●' : ''}${count} ${roomLabel(room, session.user)}`;
  });
  if (found.length > maxNamed) named.push(`${found.length - maxNamed} more`);
  return { text: named.join(' · '), isUrgent };
}

function listedRoom(
  session: Conversation,
  preferences: Preferences,
  { room, news: stored }: RoomState,
  label: string,
): ListedRoom {
  const { number, type } = room;
  // The conversation may know before the session that the user has read the room.
  const { messages, mentions } = number === session.room.number ? session.news : stored;
  const { pinned, mutedUntil, markedUnread } = settingsOf(session, preferences, number);
  const isMuted = mutedUntil > 0;
  const isDirect = type === roomType.direct;
  const urgent = isDirect ? messages : mentions;
  return {
    number,
    label,
    section: pinned ? 'pinned' : isDirect ? 'direct' : 'rooms',
    isDirect,
    level: isMuted ? 'none' : urgent > 0 ? 'mention' : messages > 0 || markedUnread ? 'unread' : 'none',
    count: isMuted || urgent === 0 ? messages : urgent,
    isMuted,
  };
}

function isListed(
  session: Conversation,
  preferences: Preferences,
  number: number,
  { messages }: News,
): boolean {
  const { hidden } = settingsOf(session, preferences, number);
  return !hidden || messages > 0 || number === session.room.number;
}

function newestSequence({ room, timeline }: RoomState): number {
  return Math.max(room.newest, timeline.items.at(-1)?.message.sequence ?? 0);
}

const collator = new Intl.Collator('en', { numeric: true });

function compareNames(one: string, other: string): number {
  return collator.compare(one, other);
}
