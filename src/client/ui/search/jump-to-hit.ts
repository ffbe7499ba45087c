import type { Conversation } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { jumpTo, newestKey, withReading } from '../conversation/reading.js';
import type { ListView } from '../conversation/message-list.js';
import { shownItems, type ShownItems } from '../conversation/shown-items.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState, Notice, PendingJump } from '../state/app-state.js';
import type { SearchHit } from '../state/mode.js';

/** Messages above a hit that had to be loaded. */
const leadingMessages = 3;
// So that there is something to scroll to on both sides.
const requestedAbove = 100;

/** Scrolls to a hit; if it is not loaded, loads the part of the log around it. */
export function jumpToHit(
  state: AppState,
  hit: Pick<SearchHit, 'sequence' | 'key'>,
  view: ListView,
): AppUpdate {
  const { session } = state;
  if (!session) return [state, []];
  const index = indexOf(shownItems(session, state.preferences), hit);
  if (index >= 0) return [jumpTo(state, view.source.keyAt(index), view), []];
  return load(state, { sequence: hit.sequence, key: hit.key, requested: 'around' });
}

/** As `jumpToHit`, in a room that was just opened: the session does not show it yet. */
export function jumpInOpenedRoom(state: AppState, { sequence, key }: SearchHit): AppUpdate {
  const { session } = state;
  const pendingJump: PendingJump = { sequence, key, requested: 'nothing' };
  const jumping = withReading(state, { pendingJump });
  const isLoaded = session && indexOf(shownItems(session, state.preferences), pendingJump) >= 0;
  return isLoaded ? continueJump(jumping) : [jumping, []];
}

/** After each change of the session: jumps to the pending message, loads another page, or gives up. */
export function continueJump(state: AppState): AppUpdate {
  const { session, reading } = state;
  const { pendingJump } = reading;
  if (!session || !pendingJump || session.place.type === 'loading') return [state, []];
  const items = shownItems(session, state.preferences);
  if (pendingJump === 'oldest') {
    const { place } = session;
    const hasFailed = place.type === 'failed' && place.reason.code !== 'unsupported';
    const text = hasFailed
      ? `The oldest messages were not loaded: ${sanitiseLine(place.reason.message)}`
      : '';
    return [scrolled(state, items, 0, hasFailed ? { tone: 'error', text } : undefined), []];
  }
  const index = indexOf(items, pendingJump);
  if (index >= 0) {
    const shown = scrolled(state, items, Math.max(0, index - leadingMessages));
    return [withReading(shown, { highlightedKey: items.at(index)?.key }), []];
  }
  // Without its newest page nothing can be joined to the timeline.
  if (session.timeline.items.length === 0 && session.previousPage.type === 'loading') return [state, []];
  if (pendingJump.requested === 'nothing') return load(state, { ...pendingJump, requested: 'around' });
  if (session.place.type === 'idle' && pendingJump.requested === 'around' && pendingJump.sequence > 0)
    return load(state, { ...pendingJump, requested: 'close' });
  return [givenUp(state, session), []];
}

function load(state: AppState, target: Exclude<PendingJump, 'oldest'>): AppUpdate {
  const jumping = withReading(state, { pendingJump: target });
  const { sequence, requested } = target;
  if (sequence === 0) return [jumping, [{ type: 'forget-previous-pages' }]];
  const after = Math.max(0, sequence - 1 - (requested === 'close' ? 0 : requestedAbove));
  return [{ ...jumping, notice: 'Loading that message…' }, [{ type: 'load-place', after }]];
}

function givenUp(state: AppState, { place }: Conversation): AppState {
  const hasFailed = place.type === 'failed' && place.reason.code !== 'unsupported';
  const notice: Notice = hasFailed
    ? { tone: 'error', text: `That message was not loaded: ${sanitiseLine(place.reason.message)}` }
    : 'That message is not in the list.';
  return { ...withReading(state, { pendingJump: undefined }), notice };
}

function scrolled(state: AppState, items: ShownItems, top: number, notice?: Notice): AppState {
  const { reading, session } = state;
  return withReading(
    { ...state, notice },
    {
      pendingJump: undefined,
      highlightedKey: undefined,
      viewport: { type: 'anchored', key: items.at(top)?.key ?? '', row: 0 },
      lastSeenKey:
        reading.lastSeenKey ?? (session?.excerpt ? newestKey(state) : items.at(items.length - 1)?.key),
    },
  );
}

/** By sequence, or else by key; -1 if the message is not in the list. */
function indexOf(items: ShownItems, { sequence, key }: Pick<SearchHit, 'sequence' | 'key'>): number {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items.at(index);
    if (item && (sequence > 0 ? item.message.sequence === sequence : item.key === key)) return index;
  }
  return -1;
}
