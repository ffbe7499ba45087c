import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { oldestSequence } from '../../session/timeline.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import { isIgnored } from './shown-items.js';
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

/** Older pages are loaded up to this many unread messages. */
const maxUnread = 1000;

/** After each change of the session: finds the messages since the last run, or loads another page towards them. */
export function resumeReading(state: AppState): AppUpdate {
  const { session, reading } = state;
  const { resumeAfter } = reading;
  const newest = session && newestOf(session);
  if (resumeAfter === undefined || !session || newest === undefined) return [state, []];
  // The log of a restored backup may be shorter.
  if (resumeAfter >= newest) return [withReading(state, { resumeAfter: undefined }), []];
  const { previousPage } = session;
  const oldest = oldestSequence(session.timeline) ?? 0;
  const isMissing = oldest > resumeAfter + 1 && newest - resumeAfter <= maxUnread;
  // An excerpt is shown instead of the timeline: its previous page is another one.
  if (isMissing && (previousPage.type === 'loading' || session.excerpt)) return [state, []];
  if (isMissing && previousPage.type === 'more') return [state, [{ type: 'load-previous-page' }]];
  return found(state, unreadItems(session, resumeAfter, state), oldest > resumeAfter + 1);
}

/** Scrolls to the unread line if it is not in view. */
export function showUnread(state: AppState, view: ListView): AppUpdate {
  const { unreadKey, viewport } = state.reading;
  if (unreadKey === undefined || viewport.type !== 'newest') return [state, []];
  const lastSeenKey = view.source.keyAt(view.source.indexOf(unreadKey) - 1);
  return jumpToUnread(withReading(state, { lastSeenKey }), view);
}

/** The sequence up to which messages were loaded; undefined while the first ones are missing. */
function newestOf({ timeline, head, phase }: SessionState): number | undefined {
  const { readUpTo, startsNewList } = timeline.position;
  if (phase.type !== 'live' || startsNewList || readUpTo === undefined) return undefined;
  return readUpTo >= (head ?? 0) ? readUpTo : undefined;
}

function unreadItems({ timeline }: SessionState, after: number, { preferences }: AppState): Item[] {
  const unread: Item[] = [];
  for (let index = timeline.items.length - 1; index >= 0; index--) {
    const item = timeline.items.at(index);
    if (!item || item.message.sequence <= after) break;
    if (!item.mine && !isIgnored(item, preferences.ignored)) unread.push(item);
  }
  return unread.reverse();
}

function found(state: AppState, unread: readonly Item[], isMore: boolean): AppUpdate {
  const [first] = unread;
  if (!first) return [withReading(state, { resumeAfter: undefined }), []];
  const count = unread.length;
  const amount = `${isMore ? 'Over ' : ''}${count} unread ${count === 1 ? 'message' : 'messages'}`;
  const effects: AppEffect[] = [{ type: 'show-unread' }];
  return [
    withReading(
      { ...state, notice: `${amount}. Alt+U goes to the first, Ctrl+End to the newest.` },
      {
        resumeAfter: undefined,
        unreadKey: first.key,
        unreadSequence: first.message.sequence,
        unreadCount: count,
      },
    ),
    effects,
  ];
}
