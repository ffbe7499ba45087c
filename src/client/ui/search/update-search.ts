import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppEvent, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { draftText } from '../composer/draft-text.js';
import { insert, withText } from '../composer/editor.js';
import { editorKeys } from '../composer/editor-actions.js';
import type { ListView } from '../conversation/message-list.js';
import type { Search } from '../state/mode.js';
import { searchLoaded } from './search.js';
import { jumpToHit } from './jump-to-hit.js';
import { mostHits, newSearch, searchHit } from './search.js';

const longestQuery = 200;

/** Opens the search; with a text it begins at once. */
export function openSearch(state: AppState, text = ''): AppUpdate {
  const search = { ...newSearch(), query: withText(newSearch().query, queryText(text)) };
  return text === '' ? [{ ...state, overlay: search }, []] : ask(state, search);
}

/** What a key or text does in the search. Enter searches, and on what was found it goes there. */
export function updateSearch(
  state: AppState,
  search: Search,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
  view: ListView,
): AppUpdate {
  const withSearch = (changed: Partial<Search>): AppUpdate => [
    { ...state, overlay: { ...search, ...changed } },
    [],
  ];
  if (input.type !== 'key') {
    const room = Math.max(0, longestQuery - search.query.text.length);
    const text = queryText(input.text.trimEnd() === '' ? ' ' : input.text);
    return withSearch({ query: insert(text.slice(0, room).toWellFormed())(search.query) });
  }
  const page = Math.max(1, view.height - 2);
  const choose = (step: number) =>
    withSearch({ chosen: Math.max(0, Math.min(search.hits.length - 1, search.chosen + step)) });
  switch (input.key) {
    case 'escape':
      return closeSearch(state);
    case 'up':
    case 'ctrl+p':
      return choose(-1);
    case 'down':
    case 'ctrl+n':
      return choose(1);
    case 'pageup':
      return choose(-page);
    case 'pagedown':
      return choose(page);
    case 'enter': {
      const hit = search.hits[search.chosen];
      if (search.query.text !== search.asked) return ask(state, search);
      if (!hit) return [state, []];
      const [closed, effects] = closeSearch(state);
      const [jumped, more] = jumpToHit(closed, hit, view);
      return [jumped, [...effects, ...more]];
    }
    default: {
      const operation = editorKeys[input.key];
      return operation && !input.key.endsWith('enter')
        ? withSearch({ query: operation(search.query) })
        : [state, []];
    }
  }
}

/** What a query takes of a text: one line of what a message may hold. */
function queryText(text: string): string {
  return draftText(text).replace(/\r\n|\n|\r/g, ' ');
}

/** Closes the search, and ends one that still runs. */
export function closeSearch(state: AppState): AppUpdate {
  const isRunning = state.overlay?.type === 'search' && state.overlay.progress.type === 'running';
  return [{ ...state, overlay: undefined }, isRunning ? [{ type: 'stop-search' }] : []];
}

/** What the server found, and how the search ended. Answers to an older question are dropped. */
export function updateFound(
  state: AppState,
  event: Extract<AppEvent, { type: 'search-found' | 'search-ended' }>,
): AppUpdate {
  const search = state.overlay;
  if (search?.type !== 'search' || search.asked !== event.text || search.progress.type !== 'running') {
    return [state, []];
  }
  if (event.type === 'search-found') {
    const found = event.messages.map((message) => searchHit(message, undefined, event.text));
    return [{ ...state, overlay: { ...search, hits: [...search.hits, ...found].slice(0, mostHits) } }, []];
  }
  const { reason } = event;
  if (reason?.code === 'unsupported') return [askLoaded(state, search), []];
  return [
    {
      ...state,
      overlay: {
        ...search,
        progress: reason
          ? { type: 'failed', reason: sanitiseLine(reason.message) }
          : { type: 'done', where: 'server' },
      },
    },
    [],
  ];
}

function ask(state: AppState, search: Search): AppUpdate {
  const text = search.query.text;
  if (text.trim() === '') return [{ ...state, overlay: search }, []];
  const asked: Search = { ...search, asked: text, hits: [], chosen: 0, progress: { type: 'running' } };
  const { session } = state;
  // Away from the server, or with one that does not search: what is here is better than nothing.
  if (session?.phase.type !== 'live' || session.extensions === false) {
    return [askLoaded(state, asked), [{ type: 'stop-search' }]];
  }
  return [{ ...state, overlay: asked }, [{ type: 'search', text }]];
}

function askLoaded(state: AppState, search: Search): AppState {
  const hits = state.session ? searchLoaded(state.session, search.query.text) : [];
  return { ...state, overlay: { ...search, hits, progress: { type: 'done', where: 'loaded' } } };
}
