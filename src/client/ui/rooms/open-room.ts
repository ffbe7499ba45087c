import { lobby } from '../../../shared/message.js';
import {
  type Conversation,
  type News,
  noNews,
  type RoomState,
  seenFrom,
  type SessionState,
} from '../../session/state.js';
import {
  emptyComposer,
  isEmptyDraft,
  remember,
  replaceDraft,
  unsentText,
  withHistory,
} from '../composer/composer.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import { type AppState, initialReading, newest, type Reading, type View } from '../state/app-state.js';
import { conversation } from '../state/mode.js';
import type { SavedDrafts } from '../state/saved-drafts.js';
import { changeSettings, settingsOf } from './room-settings.js';
import { neighbouringRoom, nextRoomWithNews, orderedRooms } from './room-order.js';

/** Goes to a room; the draft and the position in the room that is left stay as they are. Closes dialogs. */
export function openRoom(state: AppState, number: number): AppUpdate {
  if (number === state.room || !state.session?.rooms.has(number)) return [state, []];
  const { mode, preferences, session } = state;
  const [shown, changes]: AppUpdate = settingsOf(session, preferences, number).hidden
    ? changeSettings(state, number, { hidden: false })
    : [state, []];
  const next = entered({ ...shown, tour: undefined }, number);
  return [
    { ...next, mode: mode.type === 'login' ? mode : conversation },
    [...endingSearch(state), ...changes, { type: 'view-room', room: number }],
  ];
}

/** The room before (-1) or after (1) the current one; with `news`, of those with news. */
export function openNeighbour(state: AppState, step: -1 | 1, which: 'any' | 'news' = 'any'): AppUpdate {
  const number = neighbouringRoom(roomsOf(state), state.room, step, which);
  if (number !== undefined) return openRoom(state, number);
  return [{ ...state, notice: which === 'news' ? nothingNew : noOtherRoom }, []];
}

/** The room at a position of the list, from 1. */
export function openNumbered(state: AppState, position: number): AppUpdate {
  const room = roomsOf(state)[position - 1];
  return room ? openRoom(state, room.number) : [{ ...state, notice: `There is no room ${position}.` }, []];
}

/** The room where the user was before. */
export function openPrevious(state: AppState): AppUpdate {
  const { previousRoom, room, session } = state;
  const isThere = previousRoom !== room && session?.rooms.has(previousRoom) === true;
  return isThere ? openRoom(state, previousRoom) : [{ ...state, notice: noOtherRoom }, []];
}

/** The next room with news, the most urgent first; after the last one, the room where this began. */
export function openNextNews(state: AppState): AppUpdate {
  const { session, tour } = state;
  if (!session) return [state, []];
  const { start, visited: before } = tour ?? { start: state.room, visited: new Map<number, News>() };
  const visited = new Map(before).set(state.room, newsOf(session, state.room));
  const isUnchanged = ([number, news]: [number, News]): boolean =>
    number === state.room || newsOf(session, number) === news;
  const passed = new Set([...visited].filter(isUnchanged).map(([number]) => number));
  const number = nextRoomWithNews(roomsOf(state), passed);
  if (number !== undefined) {
    const [opened, effects] = openRoom(state, number);
    return [{ ...opened, tour: { start, visited } }, effects];
  }
  const [back, effects] = openRoom({ ...state, tour: undefined }, start);
  return effects.length > 0 ? [back, effects] : [{ ...back, notice: nothingNew }, []];
}

const nothingNew = 'Nothing new in other rooms.';
const noOtherRoom = 'There is no other room to go to.';

function newsOf({ rooms }: Conversation, number: number): News {
  return rooms.get(number)?.news ?? noNews;
}

function roomsOf({ session, preferences }: AppState) {
  return session ? orderedRooms(session, preferences) : [];
}

/** What was found is in the room that is left. */
function endingSearch({ mode, lastSearch }: AppState): readonly AppEffect[] {
  const search = mode.type === 'search' ? mode : lastSearch?.search;
  return search?.progress.type === 'running' ? [{ type: 'stop-search' }] : [];
}

/** Forgets the rooms that the user is no longer in; goes to the lobby if the current one is among them. */
export function leaveGoneRooms(state: AppState, { rooms }: SessionState): AppUpdate {
  const gone = [...state.views.keys()].filter((number) => !rooms.has(number));
  if (gone.length === 0 && rooms.has(state.room)) return [state, []];
  const isHere = !rooms.has(state.room);
  const effects = isHere ? endingSearch(state) : [];
  const left = isHere ? entered(withoutMode(state), lobby) : state;
  const views = new Map(left.views);
  let { history } = left.composer;
  for (const [number, { composer }] of left.views) {
    if (rooms.has(number)) continue;
    history = remember(history, unsentText(composer));
    views.delete(number);
  }
  const previousRoom = rooms.has(left.previousRoom) ? left.previousRoom : lobby;
  return [
    { ...left, views, previousRoom, tour: undefined, composer: withHistory(left.composer, history) },
    effects,
  ];
}

/** The state without a mode that depends on the room. */
function withoutMode(state: AppState): AppState {
  const { mode, composer } = state;
  switch (mode.type) {
    case 'history-search':
      return { ...state, mode: conversation, composer: { ...composer, editor: mode.before } };
    case 'selection':
    case 'search':
      return { ...state, mode: conversation };
    default:
      return state;
  }
}

/** Applies a change to the draft of a room, wherever the user is by now. Nothing changes in a room that is gone. */
export function inDraftOf(
  state: AppState,
  number: number,
  change: (state: AppState) => AppUpdate,
): AppUpdate {
  if (number === state.room) return change(state);
  if (!state.session?.rooms.has(number)) return [state, []];
  const view = state.views.get(number) ?? { composer: emptyComposer, reading: initialReading };
  const { room, composer } = state;
  const [changed, effects] = change({ ...state, room: number, composer: view.composer });
  const views = new Map(changed.views).set(number, { ...view, composer: changed.composer });
  return [{ ...changed, room, composer, views }, effects];
}

/** Puts stored drafts into their rooms. Up recalls those for which there is no place. */
export function withDrafts(state: AppState, { drafts }: SavedDrafts): AppState {
  return Object.entries(drafts).reduce((before, [key, text]) => {
    const number = Number(key);
    const [restored] = inDraftOf(before, number, (there) => [
      isEmptyDraft(there.composer) ? { ...there, composer: replaceDraft(there.composer, text) } : there,
      [],
    ]);
    if (restored !== before && draftIn(restored, number) === text) return restored;
    const { composer } = before;
    return { ...before, composer: { ...composer, history: remember(composer.history, text) } };
  }, state);
}

function draftIn({ room, composer, views }: AppState, number: number): string | undefined {
  return (number === room ? composer : views.get(number)?.composer)?.editor.text;
}

function entered(state: AppState, number: number): AppState {
  const { composer, reading, session, preferences } = state;
  const { clearedKey } = preferences;
  const left: View = { composer, reading: readingAfter(reading, session), clearedKey };
  const views = new Map(state.views).set(state.room, left);
  const view = views.get(number);
  views.delete(number);
  return {
    ...state,
    room: number,
    roomListTop: undefined,
    previousRoom: state.room,
    views,
    session: session && seenFrom(session, number),
    // What was sent is one history for all rooms.
    composer: withHistory(view?.composer ?? emptyComposer, composer.history),
    reading: readingOn(view?.reading ?? initialReading, session?.rooms.get(number)),
    lastSearch: undefined,
    preferences:
      clearedKey === view?.clearedKey ? preferences : { ...preferences, clearedKey: view?.clearedKey },
  };
}

/** The reading of a room that is left. What is not in the timeline is no longer loaded when the user returns. */
function readingAfter(reading: Reading, session: Conversation | undefined): Reading {
  const left: Reading = {
    ...reading,
    ...{ readAtMs: undefined, highlightedKey: undefined, pendingJump: undefined },
    keepsUnread: false,
  };
  return session?.excerpt ? { ...left, viewport: newest, lastSeenKey: undefined } : left;
}

/** The reading of a room that is entered: its unread messages are found again, since there may be more. */
function readingOn(reading: Reading, room: RoomState | undefined): Reading {
  const { unreadKey, unreadSequence, viewport } = reading;
  const starts = [
    ...(reading.resumeAfter === undefined ? [] : [reading.resumeAfter]),
    ...(unreadKey === undefined ? [] : [unreadSequence - 1]),
    ...(room && room.news.messages > 0 ? [room.newsAfter] : []),
  ];
  const isLoaded =
    viewport.type === 'newest' ||
    (room !== undefined && [...room.timeline.items].some(({ key }) => key === viewport.key));
  return {
    ...reading,
    ...(!isLoaded && { viewport: newest, lastSeenKey: undefined }),
    unreadKey: undefined,
    unreadSequence: 0,
    unreadCount: 0,
    resumeAfter: starts.length === 0 ? undefined : Math.min(...starts),
  };
}
