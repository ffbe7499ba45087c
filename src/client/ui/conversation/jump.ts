import type { AppState } from '../state/app-state.js';
import type { ListView } from './message-list.js';
import { withViewport } from './reading.js';
import { newest } from '../state/reading.js';
import { scrollToKey, topOf } from './viewport.js';

/** Brings a message into view and points at it. */
export function jumpTo(state: AppState, key: string, view: ListView): AppState {
  const viewport = scrollToKey(key, view.source, view.height);
  return { ...withViewport(state, viewport, view), foundKey: key, sought: undefined };
}

/** Goes to the next mention above (-1) or below (+1) the one jumped to last, or else the view. */
export function jumpToMention(state: AppState, step: -1 | 1, view: ListView): AppState {
  const { source } = view;
  for (let index = startOf(state, step, view) + step; index >= 0 && index < source.count; index += step) {
    if (source.isMention(index)) return jumpTo(state, source.keyAt(index), view);
  }
  if (step < 0) return { ...state, notice: 'No mention of you above.' };
  return { ...withViewport(state, newest, view), notice: 'No mention of you below.' };
}

/** Goes to the first unread message. */
export function jumpToUnread(state: AppState, view: ListView): AppState {
  return state.unreadKey === undefined || view.source.indexOf(state.unreadKey) < 0
    ? { ...state, notice: 'Nothing is unread.' }
    : { ...jumpTo(state, state.unreadKey, view), foundKey: undefined };
}

function startOf({ foundKey, viewport }: AppState, step: -1 | 1, { source, height }: ListView): number {
  const found = foundKey === undefined ? -1 : source.indexOf(foundKey);
  if (found >= 0) return found;
  if (viewport.mode === 'newest') return step < 0 ? source.count : source.count - 1;
  return topOf(viewport, source, height).index;
}
