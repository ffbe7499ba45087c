import type { SessionState } from '../../session/state.js';
import { jumpTo } from '../conversation/scroll.js';
import type { ListView } from '../conversation/message-list.js';
import { withReading } from '../conversation/reading.js';
import { shownItems, type ShownItems } from '../conversation/shown-items.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { SearchHit } from '../state/mode.js';

/** Messages above a hit that had to be loaded. */
const leadingMessages = 3;

/** Scrolls to a hit; if it is not loaded, loads older pages first. */
export function jumpToHit(state: AppState, hit: SearchHit, view: ListView): AppUpdate {
  const { session } = state;
  if (!session) return [state, []];
  const items = shownItems(session, state.preferences);
  const index = indexOf(items, hit);
  if (index >= 0) return [jumpTo(state, view.source.keyAt(index), view), []];
  return loadTowards(withReading(state, { pendingJump: hit }), session);
}

/** After each change of the session: jumps to the pending hit, loads another page, or gives up. */
export function continueJump(state: AppState): AppUpdate {
  const { session, reading } = state;
  if (!session || !reading.pendingJump || session.previousPage.type === 'loading') return [state, []];
  const items = shownItems(session, state.preferences);
  const index = indexOf(items, reading.pendingJump);
  if (index < 0) return loadTowards(state, session);
  const top = items.at(Math.max(0, index - leadingMessages));
  return [
    withReading(
      { ...state, notice: undefined },
      {
        pendingJump: undefined,
        highlightedKey: items.at(index)?.key,
        viewport: { type: 'anchored', key: top?.key ?? '', row: 0 },
        lastSeenKey: reading.lastSeenKey ?? items.at(items.length - 1)?.key,
      },
    ),
    [],
  ];
}

function loadTowards(state: AppState, { previousPage, phase }: SessionState): AppUpdate {
  const canLoad = phase.type === 'live' && (previousPage.type === 'more' || previousPage.type === 'loading');
  if (canLoad)
    return [{ ...state, notice: 'Loading older messages up to that one…' }, [{ type: 'load-previous-page' }]];
  const notice =
    previousPage.type === 'full'
      ? 'That message is too old to be shown here. Use chat history.'
      : 'That message is not in the list.';
  return [{ ...withReading(state, { pendingJump: undefined }), notice }, []];
}

/** By sequence, or else by key; -1 if the hit is not in the list. */
function indexOf(items: ShownItems, { sequence, key }: SearchHit): number {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items.at(index);
    if (item && (sequence > 0 ? item.message.sequence === sequence : item.key === key)) return index;
  }
  return -1;
}
