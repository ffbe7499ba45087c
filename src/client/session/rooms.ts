import { isSameName } from '../../shared/fold-text.js';
import {
  lobby,
  memberChange,
  messageKind,
  roomChange,
  roomType,
  type Message,
  type RoomChange,
} from '../../shared/message.js';
import type { Mark } from '../../shared/presence-update.js';
import type { RoomView } from '../../shared/room-answers.js';
import type { Opened } from '../connection/port.js';
import { isDeleted } from './current-form.js';
import type { Context, Effect, RoomUpdate, Update } from './effects.js';
import { loadOriginals } from './message-changes.js';
import { loadPrevious } from './previous-page.js';
import { configure, withoutEndedMute, withSettings } from './room-settings.js';
import {
  emptyRoom,
  isUnread,
  noNews,
  seenFrom,
  unknownRoom,
  withRoom,
  type Conversation,
  type RoomState,
  type SessionState,
} from './state.js';
import {
  emptyTimeline,
  forgetPreviousPages,
  recentWindow,
  restarted,
  timelineWindow,
  unviewedWindow,
  type Window,
} from './timeline.js';

/** How many rooms stay loaded after the user looked at them. */
const maxViewed = 8;

/** A room with fewer messages loads its newest page when the user looks at it. */
const minLoaded = 50;

/** Changes a room of the session; nothing if the user is not in that room. */
export function inRoom(
  session: SessionState,
  number: number,
  change: (conversation: Conversation) => RoomUpdate,
): Update {
  if (!session.rooms.has(number)) return [session, []];
  const before = seenFrom(session, number);
  const [after, effects] = change(before);
  if (after === before) return [session, effects];
  const { timeline, previousPage, excerpt, place, extensions } = after;
  return [{ ...withRoom(session, number, { timeline, previousPage, excerpt, place }), extensions }, effects];
}

/** The state with the rooms of a stream that begins. */
export function withOpenedRooms(state: SessionState, answer: Opened, wallMs: number): SessionState {
  const { hasRooms = false, roomList = { upTo: 0, rooms: [] } } = answer;
  const described = hasRooms ? roomList.rooms : [];
  const rooms = new Map(described.map((room) => [room.number, openedRoom(state, room, answer, wallMs)]));
  if (!rooms.has(lobby)) {
    const room = hasRooms ? unknownRoom(lobby) : seenFrom(state, lobby).room;
    rooms.set(lobby, openedRoom(state, room, answer, wallMs));
  }
  const viewed = state.viewed.filter((number) => rooms.has(number));
  return {
    ...state,
    hasRooms,
    rooms,
    roomsUpTo: roomList.upTo,
    viewed: viewed.length > 0 ? viewed : [lobby],
  };
}

function openedRoom(
  { rooms, logId }: SessionState,
  room: RoomView,
  { resumed, hasRooms, logId: now }: Opened,
  wallMs: number,
): RoomState {
  const before = rooms.get(room.number);
  if (!before) return withOwnState(emptyRoom(room), room, wallMs);
  if (resumed) return withOwnState(before, room, wallMs);
  const timeline = restarted(before.timeline);
  const restartedRoom = {
    ...emptyRoom(room),
    // A history replaces the old list when it arrives; pages are added to an empty one.
    timeline: hasRooms ? { ...emptyTimeline, restarts: timeline.restarts } : timeline,
    ...(logId === now && { news: before.news, newsAfter: before.newsAfter, chosen: before.chosen }),
  };
  return withOwnState(restartedRoom, room, wallMs);
}

/** The news of a room as the server counts it, with what has arrived since. */
function withOwnState(before: RoomState, described: RoomView, wallMs: number): RoomState {
  const { own, newest } = described;
  if (!own) return { ...before, room: described };
  const room = { ...described, own: { ...own, settings: withoutEndedMute(own.settings, wallMs) } };
  let messages = own.unread;
  for (let index = before.timeline.items.length - 1; index >= 0; index--) {
    const item = before.timeline.items.at(index);
    if (!item || item.message.sequence <= Math.max(newest, own.readUpTo)) break;
    if (!item.mine && !isChange(item.message) && !isDeleted(item.message)) messages++;
  }
  const mentions = Math.min(messages, Math.max(own.mentions, before.news.mentions));
  return { ...before, room, news: { messages, mentions }, newsAfter: own.readUpTo };
}

/**
 * Loads the newest page of the current room, if that was not done, and what its messages reply to. A server without rooms
 * sends a history.
 */
export function loadFirstPage(state: SessionState): Update {
  const [current = lobby] = state.viewed;
  const { timeline, excerpt } = seenFrom(state, current);
  const [asked, asks] = loadOriginals(
    state,
    current,
    [...timeline.items].map(({ message }) => message),
  );
  if (!state.hasRooms || excerpt || timeline.items.length >= minLoaded) return [asked, asks];
  const [next, effects] = inRoom(asked, current, loadPrevious);
  return [next, [...effects, ...asks]];
}

/** The user looks at this room from now on. */
export function viewRoom(state: SessionState, number: number): Update {
  if (!state.rooms.has(number) || state.viewed[0] === number) return [state, []];
  const viewed = [number, ...state.viewed.filter((other) => other !== number)].slice(0, maxViewed);
  const rooms = new Map(state.rooms);
  for (const left of state.viewed) {
    const room = rooms.get(left);
    if (room && left !== number) rooms.set(left, shortened(room, windowOf({ viewed }, left)));
  }
  return loadFirstPage({ ...state, viewed, rooms });
}

/** How much of a room is kept. */
export function windowOf({ viewed }: Pick<SessionState, 'viewed'>, number: number): Window {
  if (viewed[0] === number) return timelineWindow;
  return viewed.includes(number) ? recentWindow : unviewedWindow;
}

function shortened(room: RoomState, window: Window): RoomState {
  const timeline = forgetPreviousPages(room.timeline, window);
  const isComplete = room.previousPage.type === 'none' && timeline.trimmed === room.timeline.trimmed;
  return {
    ...room,
    timeline,
    previousPage: { type: isComplete ? 'none' : 'more' },
    excerpt: undefined,
    place: { type: 'idle' },
  };
}

/** A room as the server describes it now. */
export function roomKnown(state: SessionState, room: RoomView, wallMs: number): SessionState {
  const before = state.rooms.get(room.number) ?? emptyRoom(room);
  return { ...state, rooms: new Map(state.rooms).set(room.number, withOwnState(before, room, wallMs)) };
}

/** The user is no longer in the room. */
export function roomGone(state: SessionState, number: number): Update {
  if (number === lobby || !state.rooms.has(number)) return [state, []];
  const rooms = new Map(state.rooms);
  rooms.delete(number);
  const viewed = state.viewed.filter((other) => other !== number);
  return loadFirstPage({ ...state, rooms, viewed: viewed.length > 0 ? viewed : [lobby] });
}

/** The user has read the room. */
export function marked(state: SessionState, number: number): Update {
  const room = state.rooms.get(number);
  if (!room || !isUnread(room)) return [state, []];
  const read = withRoom(state, number, { news: noNews, ...withSettings(room, { markedUnread: false }) });
  if (!room.room.own) return [read, []];
  const effects: Effect[] = [{ type: 'mark', room: number, sequence: newestIn(room) }];
  // The server clears the flag with the mark, but not one that it gets later.
  const again = room.chosen?.markedUnread ? configure(read, number, {}) : ([read, []] as const);
  return [again[0], [...effects, ...again[1]]];
}

/** The messages from a sequence on are new again. */
export function markedUnread(state: SessionState, number: number, from: number, context: Context): Update {
  const room = state.rooms.get(number);
  if (!room) return [state, []];
  let counted: Pick<RoomState, 'news' | 'newsAfter'> = { news: noNews, newsAfter: from - 1 };
  for (let index = room.timeline.items.length - 1; index >= 0; index--) {
    const item = room.timeline.items.at(index);
    if (!item || item.message.sequence < from) break;
    const mentioned = item.mine || isChange(item.message) ? 'ignored' : context.isMention(item.message);
    if (mentioned === 'ignored') continue;
    const { messages, mentions } = counted.news;
    counted = { ...counted, news: { messages: messages + 1, mentions: mentions + (mentioned ? 1 : 0) } };
  }
  return configure(withRoom(state, number, counted), number, { markedUnread: true });
}

/** Another session of the user has read a room. The server counts what is left. */
export function markedElsewhere(state: SessionState, { room: number, readUpTo }: Mark): Update {
  const room = state.rooms.get(number);
  if (!room || room.news.messages === 0) return [state, []];
  if (readUpTo < newestIn(room)) return [state, [{ type: 'fetch-room', room: number }]];
  return [withRoom(state, number, { news: noNews }), []];
}

/** The sequence of the newest message that is known. */
function newestIn({ room, timeline }: RoomState): number {
  return Math.max(room.newest, timeline.items.at(-1)?.message.sequence ?? 0);
}

/** Whether an entry changes a room or its members. */
export function isChange({ detail }: Message): boolean {
  return detail?.kind === messageKind.room || detail?.kind === messageKind.member;
}

/** Applies an entry that changed a room or its members. */
export function roomChanged(state: SessionState, message: Message): Update {
  const { detail, sequence, from } = message;
  if (!detail || sequence <= state.roomsUpTo) return [state, []];
  const { room: number, roomChange: change, memberChange: member } = detail;
  const known = state.rooms.get(number)?.room;
  const fetchRoom: readonly Effect[] = [{ type: 'fetch-room', room: number }];
  if (change && known) return [withRoom(state, number, { room: withChange(known, change) }), []];
  // The first message of the room may arrive before the server describes it.
  if (change) return [roomKnown(state, createdRoom(number, change), 0), fetchRoom];
  if (!member) return [state, []];
  const isSelf = isSameName(member.name || from, state.user);
  switch (member.what) {
    case memberChange.joined:
    case memberChange.invited:
      if (isSelf || !known) return [state, fetchRoom];
      return [withRoom(state, number, { room: { ...known, memberCount: known.memberCount + 1 } }), []];
    case memberChange.left:
    case memberChange.removed:
    case memberChange.banned:
      if (isSelf || !known) return roomGone(state, number);
      return [
        withRoom(state, number, { room: { ...known, memberCount: Math.max(0, known.memberCount - 1) } }),
        [],
      ];
    case memberChange.role:
      return isSelf && known
        ? [withRoom(state, number, { room: { ...known, role: member.role } }), []]
        : [state, []];
    default:
      return [state, []];
  }
}

function createdRoom(number: number, { name, topic, type, past, members }: RoomChange): RoomView {
  const participants = type === roomType.direct ? members.map((member) => member.name).sort() : [];
  return {
    ...unknownRoom(number),
    ...{ name, topic, type, past, participants },
    memberCount: members.length,
  };
}

function withChange(
  room: RoomView,
  { what, name, topic }: { readonly what: number; readonly name: string; readonly topic: string },
): RoomView {
  switch (what) {
    case roomChange.renamed:
      return { ...room, name };
    case roomChange.topic:
      return { ...room, topic };
    case roomChange.archived:
      return { ...room, archived: true };
    case roomChange.unarchived:
      return { ...room, archived: false };
    default:
      return room;
  }
}
