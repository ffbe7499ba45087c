import type { SessionState } from '../../session/state.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { jumpTo } from '../conversation/jump.js';
import type { ListView } from '../conversation/message-list.js';
import type { SearchHit } from '../state/mode.js';
import { shownItems, type ShownItems } from '../conversation/shown-items.js';

/** Rows of talk above a hit that was loaded for, so that it is seen in its place: in messages. */
const leadingMessages = 3;

/** Brings a hit into view; where it is not loaded, older pages come first. */
export function jumpToHit(state: AppState, hit: SearchHit, view: ListView): AppUpdate {
  const { session } = state;
  if (!session) return [state, []];
  const items = shownItems(session, state.preferences);
  const index = indexOf(items, hit);
  if (index >= 0) return [jumpTo(state, view.source.keyAt(index), view), []];
  return loadTowards({ ...state, sought: hit }, session);
}

/** After each change while a hit is sought: it is there, or another page is needed, or there is none. */
export function seekHit(state: AppState): AppUpdate {
  const { session, sought } = state;
  if (!session || !sought || session.older.type === 'loading') return [state, []];
  const items = shownItems(session, state.preferences);
  const index = indexOf(items, sought);
  if (index < 0) return loadTowards(state, session);
  const top = items.at(Math.max(0, index - leadingMessages));
  return [
    {
      ...state,
      sought: undefined,
      notice: undefined,
      foundKey: items.at(index)?.key,
      viewport: { mode: 'anchored', key: top?.key ?? '', row: 0 },
      seenKey: state.seenKey ?? items.at(items.length - 1)?.key,
    },
    [],
  ];
}

function loadTowards(state: AppState, { older, phase }: SessionState): AppUpdate {
  const isPossible = phase.type === 'live' && (older.type === 'more' || older.type === 'loading');
  if (isPossible) return [{ ...state, notice: 'loading up to that message…' }, [{ type: 'load-older' }]];
  const notice =
    older.type === 'full'
      ? 'That message is too far up to be shown here: chat history shows it.'
      : 'That message is not in the list.';
  return [{ ...state, sought: undefined, notice }, []];
}

/** By its sequence, or else its key; -1 if it is not in the list. */
function indexOf(items: ShownItems, { sequence, key }: SearchHit): number {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items.at(index);
    if (item && (sequence > 0 ? item.message.sequence === sequence : item.key === key)) return index;
  }
  return -1;
}
