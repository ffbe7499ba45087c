import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { newest } from '../state/reading.js';
import type { ListView } from './message-list.js';
import { scrollTo, withReading } from './reading.js';
import { scrollToKey, topOf } from './viewport.js';

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
      withReading(state, { pendingJump: { sequence: 0, key: unreadKey } }),
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
