import { isChange } from '../../session/rooms.js';
import { isUnread, itemAt, itemCount, noNews } from '../../session/state.js';
import { conversation } from '../state/mode.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import { type AppState, newest, type Viewport, type Reading, type View } from '../state/app-state.js';
import type { ListView } from './message-list.js';
import { isAtBottom, scrollBy, scrollToKey, scrollToOldest, topOf } from './viewport.js';

export function pageUp(state: AppState, view: ListView): AppUpdate {
  return isAtTop(state, view) ? showOlder(state, view) : scrollPages(state, -1, view);
}

export function pageDown(state: AppState, view: ListView): AppUpdate {
  return scrollPages(state, 1, view);
}

export function goToOldest(state: AppState, view: ListView): AppUpdate {
  const { session } = state;
  const isCleared = state.preferences.clearedKey !== undefined;
  if (isCleared && isAtTop(state, view)) return showOlder(state, view);
  if (isCleared || !session || (session.excerpt ?? session).previousPage.type === 'none')
    return moved(state, scrollToOldest(view.source, view.height), view);
  const jumping = withReading(state, { pendingJump: 'oldest' });
  return [{ ...jumping, notice: 'Loading the oldest messages…' }, [{ type: 'load-place', after: 0 }]];
}

export function goToNewest(state: AppState, view: ListView): AppUpdate {
  return moved(state, newest, view);
}

/** Rows of a notch of the mouse wheel. */
export const wheelRows = 3;

/** Scrolls by a notch of the wheel. Cleared messages stay hidden. */
export function scrollByWheel(state: AppState, direction: -1 | 1, view: ListView): AppUpdate {
  if (direction < 0 && isAtTop(state, view)) {
    return state.preferences.clearedKey === undefined ? showOlder(state, view) : [state, []];
  }
  const { source, height } = view;
  return moved(state, scrollBy(state.reading.viewport, source, height, direction * wheelRows), view);
}

function scrollPages(state: AppState, pages: number, view: ListView): AppUpdate {
  const { source, height } = view;
  // Two rows stay in view for orientation.
  const rows = pages * Math.max(1, height - 2);
  return moved(state, scrollBy(state.reading.viewport, source, height, rows), view);
}

function moved(state: AppState, viewport: Viewport, view: ListView): AppUpdate {
  const next = scrollTo(state, viewport, view);
  return [
    withReading(next, { highlightedKey: undefined, pendingJump: undefined }),
    isAtEndOfExcerpt(viewport, view) ? [{ type: 'load-next-page' }] : [],
  ];
}

/** Loads the previous page, or shows cleared messages again. */
function showOlder(state: AppState, view: ListView): AppUpdate {
  if (state.preferences.clearedKey !== undefined) {
    return [{ ...state, preferences: { ...state.preferences, clearedKey: undefined } }, []];
  }
  const [atTop] = moved(state, scrollToOldest(view.source, view.height), view);
  return [atTop, [{ type: 'load-previous-page' }]];
}

function isAtEndOfExcerpt(viewport: Viewport, { source, height }: ListView): boolean {
  return !source.endsAtNewest && viewport.type === 'anchored' && isAtBottom(viewport, source, height);
}

function isAtTop({ reading }: AppState, { source, height }: ListView): boolean {
  const top = topOf(reading.viewport, source, height);
  return top.index === 0 && top.row === 0;
}

/** Scrolls to a message and highlights it. */
export function jumpTo(state: AppState, key: string, view: ListView): AppState {
  const viewport = scrollToKey(key, view.source, view.height);
  return withReading(scrollTo(state, viewport, view), { highlightedKey: key, pendingJump: undefined });
}

/** Jumps to the next mention above (-1) or below (1) the highlighted message or, if there is none, the view. */
export function jumpToMention(state: AppState, step: -1 | 1, view: ListView): AppState {
  const { source } = view;
  for (let index = startOf(state, step, view) + step; index >= 0 && index < source.count; index += step) {
    if (source.isMention(index)) return jumpTo(state, source.keyAt(index), view);
  }
  if (step < 0) return { ...state, notice: 'No earlier mention of you.' };
  return { ...scrollTo(state, newest, view), notice: 'No later mention of you.' };
}

/** Scrolls to the first unread message, which is in no excerpt. */
export function jumpToUnread(state: AppState, view: ListView): AppUpdate {
  const { unreadKey } = state.reading;
  if (unreadKey !== undefined && state.session?.excerpt)
    return [
      withReading(state, { pendingJump: { sequence: 0, key: unreadKey, requested: 'around' } }),
      [{ type: 'forget-previous-pages' }],
    ];
  return unreadKey === undefined || view.source.indexOf(unreadKey) < 0
    ? [{ ...state, notice: 'No unread messages.' }, []]
    : [withReading(jumpTo(state, unreadKey, view), { highlightedKey: undefined }), []];
}

function startOf(
  { reading: { highlightedKey, viewport } }: AppState,
  step: -1 | 1,
  { source, height }: ListView,
): number {
  const highlighted = highlightedKey === undefined ? -1 : source.indexOf(highlightedKey);
  if (highlighted >= 0) return highlighted;
  if (viewport.type === 'newest') return step < 0 ? source.count : source.count - 1;
  return topOf(viewport, source, height).index;
}

/** How long the newest message must be in view of a focused window to count as read. */
const readAfterMs = 3000;

export function isReading({ reading, attention, mode }: AppState): boolean {
  return reading.viewport.type === 'newest' && attention.focused && mode.type !== 'login';
}

/** Removes the unread line once the newest message was in view long enough, or starts the timer for that. */
export function updateReading(state: AppState, atMs: number): AppUpdate {
  const { unreadKey, readAtMs, resumeAfter, keepsUnread } = state.reading;
  if (keepsUnread) return [state, []];
  if (unreadKey === undefined || !isReading(state)) {
    const waiting = withReading(state, { readAtMs: undefined });
    return isReading(state) && resumeAfter === undefined ? withoutNews(waiting) : [waiting, []];
  }
  if (readAtMs === undefined) {
    return [withReading(state, { readAtMs: atMs + readAfterMs }), [{ type: 'wait', delayMs: readAfterMs }]];
  }
  if (atMs < readAtMs) return [state, []];
  return withoutNews(withReading(state, { unreadKey: undefined, unreadCount: 0, readAtMs: undefined }));
}

/** What the server counts as unread is found first, as soon as the stored state of this chat is loaded. */
function awaitsMark({ session, chat }: AppState): boolean {
  return session?.room.own !== undefined && chat?.isLoaded !== true;
}

/** Tells the session that the current room was read, if there is anything new in it. */
function withoutNews(state: AppState): AppUpdate {
  const { session, room } = state;
  if (!session || !isUnread(session) || awaitsMark(state)) return [state, []];
  return [{ ...state, session: { ...session, news: noNews } }, [{ type: 'mark-read', room }]];
}

const nothingUnread = { unreadKey: undefined, unreadCount: 0, resumeAfter: undefined, keepsUnread: false };

/** Marks the current room as read, wherever the user is in it. */
export function markAsRead(state: AppState): AppUpdate {
  const [read, marks] = withoutNews(withReading(state, nothingUnread));
  return [{ ...read, notice: 'Marked as read.' }, marks];
}

/** Marks all rooms as read. */
export function markAllAsRead(state: AppState): AppUpdate {
  const [current, marks] = markAsRead(state);
  const others = [...(state.session?.rooms.values() ?? [])].filter(
    (each) => each.room.number !== state.room && isUnread(each),
  );
  const views = [...state.views].map(([number, view]): [number, View] => [
    number,
    { ...view, reading: { ...view.reading, ...nothingUnread } },
  ]);
  return [
    { ...current, views: new Map(views), notice: 'All rooms are marked as read.' },
    [...marks, ...others.map(({ room }): AppEffect => ({ type: 'mark-read', room: room.number }))],
  ];
}

/** Marks a message and those after it as unread, until the user comes back to the room or marks it as read. */
export function markUnread(state: AppState, index: number, { source }: ListView): AppUpdate {
  const { session, room } = state;
  let unreadCount = 0;
  for (let at = index; at < source.count; at++) {
    const item = source.itemAt(at);
    if (item && !item.mine && !isChange(item.message)) unreadCount++;
  }
  const sequence = source.itemAt(index)?.message.sequence ?? 0;
  if (!session || sequence === 0) return [{ ...state, notice: 'Only what was received can be unread.' }, []];
  if (unreadCount === 0) return [{ ...state, notice: 'There is no message of others from here on.' }, []];
  const marked = withReading(state, {
    ...{ unreadKey: source.keyAt(index), unreadSequence: sequence, unreadCount },
    ...{ keepsUnread: true, readAtMs: undefined, resumeAfter: undefined },
  });
  const notice = 'Marked as unread from here. Alt+L marks as read.';
  return [{ ...marked, mode: conversation, notice }, [{ type: 'mark-unread', room, from: sequence }]];
}

export function withReading(state: AppState, changed: Partial<Reading>): AppState {
  return { ...state, reading: { ...state.reading, ...changed } };
}

/** Scrolls; when leaving the bottom, remembers the newest message. */
export function scrollTo(state: AppState, viewport: Viewport, { source }: ListView): AppState {
  if (viewport.type === 'newest') return withReading(state, { viewport, lastSeenKey: undefined });
  const last = source.count > 0 ? source.keyAt(source.count - 1) : undefined;
  return withReading(state, { viewport, lastSeenKey: state.reading.lastSeenKey ?? last });
}

/** Shows the newest message and marks all as read, as after sending. */
export function catchUp(state: AppState): AppState {
  return withReading(state, {
    viewport: newest,
    lastSeenKey: undefined,
    highlightedKey: undefined,
    pendingJump: undefined,
    ...nothingUnread,
  });
}

export function newestKey({ session }: AppState): string | undefined {
  return session && itemAt(session, itemCount(session) - 1)?.key;
}
