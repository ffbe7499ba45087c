import type { Item } from '../../session/item.js';
import { isChange } from '../../session/rooms.js';
import type { Conversation } from '../../session/state.js';
import { oldestSequence } from '../../session/timeline.js';
import { hasSeveralRooms } from '../rooms/room-order.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { ListView } from './message-list.js';
import { withReading, jumpToUnread } from './reading.js';
import { isIgnored } from './shown-items.js';

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
  const { previousPage, timeline, hasRooms, phase } = session;
  const oldest = oldestSequence(timeline) ?? 0;
  // With rooms most sequences are in other rooms.
  const isWithinReach = hasRooms ? timeline.items.length < maxUnread : newest - resumeAfter <= maxUnread;
  const isUnloaded = hasRooms && timeline.items.length === 0;
  const isMissing =
    previousPage.type !== 'none' && (isUnloaded || (oldest > resumeAfter + 1 && isWithinReach));
  // An excerpt is shown instead of the timeline: its previous page is another one.
  const isWaiting = previousPage.type === 'loading' || session.excerpt !== undefined || phase.type !== 'live';
  if (isMissing && isWaiting) return [state, []];
  if (isMissing && previousPage.type === 'more') return [state, [{ type: 'load-previous-page' }]];
  return found(state, unreadItems(session, resumeAfter, state), oldest > resumeAfter + 1);
}

/** Scrolls to the unread line if it is not in view. */
export function showUnread(state: AppState, view: ListView): AppUpdate {
  const { unreadKey, viewport, pendingJump } = state.reading;
  if (unreadKey === undefined || viewport.type !== 'newest' || pendingJump) return [state, []];
  const lastSeenKey = view.source.keyAt(view.source.indexOf(unreadKey) - 1);
  const [shown, effects] = jumpToUnread(withReading(state, { lastSeenKey }), view);
  // A user who goes from room to room sees the line, and needs no other notice.
  const isInView = shown.reading.viewport.type === 'newest' && hasSeveralRooms(state.session);
  return [isInView ? { ...shown, notice: undefined } : shown, effects];
}

/** The sequence up to which messages were loaded; undefined while the first ones are missing. */
function newestOf({ position, head, phase, hasRooms }: Conversation): number | undefined {
  const { readUpTo, startsNewList } = position;
  if (hasRooms) return readUpTo;
  if (phase.type !== 'live' || startsNewList || readUpTo === undefined) return undefined;
  return readUpTo >= (head ?? 0) ? readUpTo : undefined;
}

function unreadItems({ timeline }: Conversation, after: number, { preferences }: AppState): Item[] {
  const unread: Item[] = [];
  for (let index = timeline.items.length - 1; index >= 0; index--) {
    const item = timeline.items.at(index);
    if (!item || item.message.sequence <= after) break;
    if (!item.mine && !isChange(item.message) && !isIgnored(item, preferences.ignored)) unread.push(item);
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
