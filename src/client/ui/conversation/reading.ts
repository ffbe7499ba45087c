import { itemAt, itemCount } from '../../session/state.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { ListView } from './message-list.js';
import type { Viewport } from '../state/reading.js';

/** How long the newest message must have been in view, with the keyboard here, to count as read. */
const readingTime = 3000;

/** Whether the user can see the newest message now. */
export function isReading({ viewport, focused, login }: AppState): boolean {
  return viewport.mode === 'newest' && focused && !login;
}

/**
 * Keeps the unread line true after any change: it goes when the newest message has been in view for three
 * seconds. Starts the wait where one is due.
 */
export function updateReading(state: AppState, at: number): AppUpdate {
  if (state.unreadKey === undefined || !isReading(state)) return [{ ...state, readAt: undefined }, []];
  if (state.readAt === undefined) {
    return [{ ...state, readAt: at + readingTime }, [{ type: 'wait', milliseconds: readingTime }]];
  }
  return at < state.readAt
    ? [state, []]
    : [{ ...state, unreadKey: undefined, unread: 0, readAt: undefined }, []];
}

/** The key of the newest message; undefined while there is none. */
export function newestKey({ session }: AppState): string | undefined {
  return session && itemAt(session, itemCount(session) - 1)?.key;
}

/** The state with another view, and what has come below it since it was scrolled up. */
export function withViewport(state: AppState, viewport: Viewport, { source }: ListView): AppState {
  if (viewport.mode === 'newest') return { ...state, viewport, seenKey: undefined };
  const newestKey = source.count > 0 ? source.keyAt(source.count - 1) : undefined;
  return { ...state, viewport, seenKey: state.seenKey ?? newestKey };
}
