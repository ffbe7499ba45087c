import { itemAt, itemCount } from '../../session/state.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { newest, type Reading, type Viewport } from '../state/reading.js';
import type { ListView } from './message-list.js';

/** How long the newest message must be in view of a focused window to count as read. */
const readAfterMs = 3000;

export function isReading({ reading, attention, mode }: AppState): boolean {
  return reading.viewport.type === 'newest' && attention.focused && mode.type !== 'login';
}

/** Removes the unread line once the newest message was in view long enough, or starts the timer for that. */
export function updateReading(state: AppState, atMs: number): AppUpdate {
  const { unreadKey, readAtMs } = state.reading;
  if (unreadKey === undefined || !isReading(state)) return [withReading(state, { readAtMs: undefined }), []];
  if (readAtMs === undefined) {
    return [withReading(state, { readAtMs: atMs + readAfterMs }), [{ type: 'wait', delayMs: readAfterMs }]];
  }
  if (atMs < readAtMs) return [state, []];
  return [withReading(state, { unreadKey: undefined, unreadCount: 0, readAtMs: undefined }), []];
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
    unreadKey: undefined,
    unreadCount: 0,
    resumeAfter: undefined,
  });
}

export function newestKey({ session }: AppState): string | undefined {
  return session && itemAt(session, itemCount(session) - 1)?.key;
}
