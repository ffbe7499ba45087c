import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { draftText } from '../composer/draft-text.js';
import { insert, withText } from '../composer/editor.js';
import { editorActions } from '../composer/editor-actions.js';
import type { ListView } from '../conversation/message-list.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppEvent, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type Search } from '../state/mode.js';
import { jumpToHit } from './jump-to-hit.js';
import { maxHits, newSearch, searchHit, searchLoaded } from './search.js';

const maxQueryLength = 200;

/** Opens the search; with a text it starts immediately. */
export function openSearch(state: AppState, text = ''): AppUpdate {
  const search = { ...newSearch(), query: withText(newSearch().query, queryText(text)) };
  return text === '' ? [{ ...state, mode: search }, []] : ask(state, search);
}

/** Handles input in the search. Enter searches, or jumps to the chosen hit. */
export function updateSearch(state: AppState, search: Search, input: TypedInput, view: ListView): AppUpdate {
  if (input.type !== 'key') {
    const remaining = Math.max(0, maxQueryLength - search.query.text.length);
    const text = queryText(input.text.trimEnd() === '' ? ' ' : input.text);
    const query = insert(text.slice(0, remaining).toWellFormed())(search.query);
    return [{ ...state, mode: { ...search, query } }, []];
  }
  const page = Math.max(1, view.height - 2);
  const choose = (step: number): AppUpdate => {
    const chosen = Math.max(0, Math.min(search.hits.length - 1, search.chosen + step));
    return [{ ...state, mode: { ...search, chosen } }, []];
  };
  switch (actionFor('search', input.key)) {
    case 'close':
      return closeSearch(state);
    case 'previous':
      return choose(-1);
    case 'next':
      return choose(1);
    case 'page-up':
      return choose(-page);
    case 'page-down':
      return choose(page);
    case 'search-or-open':
      return search.query.text === search.asked ? openHit(state, search, view) : ask(state, search);
    case undefined: {
      const action = actionFor('editing', input.key);
      if (!action) return [state, []];
      return [{ ...state, mode: { ...search, query: editorActions[action](search.query) } }, []];
    }
  }
}

/** Closes the search and stops it. */
export function closeSearch(state: AppState): AppUpdate {
  const isRunning = state.mode.type === 'search' && state.mode.progress.type === 'running';
  return [{ ...state, mode: conversation }, isRunning ? [{ type: 'stop-search' }] : []];
}

/** Adds the server's hits and the end of the search. Answers to an earlier query are dropped. */
export function updateFound(
  state: AppState,
  event: Extract<AppEvent, { type: 'search-found' | 'search-ended' }>,
): AppUpdate {
  const search = state.mode;
  if (search.type !== 'search' || search.asked !== event.text || search.progress.type !== 'running') {
    return [state, []];
  }
  if (event.type === 'search-found') {
    const found = event.messages.map((message) => searchHit(message, undefined, event.text));
    return [{ ...state, mode: { ...search, hits: [...search.hits, ...found].slice(0, maxHits) } }, []];
  }
  const { reason } = event;
  if (reason?.code === 'unsupported') return [askLoaded(state, search), []];
  const progress: Search['progress'] = reason
    ? { type: 'failed', reason: sanitiseLine(reason.message) }
    : { type: 'done', where: 'server' };
  return [{ ...state, mode: { ...search, progress } }, []];
}

function openHit(state: AppState, search: Search, view: ListView): AppUpdate {
  const hit = search.hits[search.chosen];
  if (!hit) return [state, []];
  const [closed, effects] = closeSearch(state);
  const [jumped, more] = jumpToHit(closed, hit, view);
  return [jumped, [...effects, ...more]];
}

function ask(state: AppState, search: Search): AppUpdate {
  const text = search.query.text;
  if (text.trim() === '') return [{ ...state, mode: search }, []];
  const asked: Search = { ...search, asked: text, hits: [], chosen: 0, progress: { type: 'running' } };
  const { session } = state;
  // Without a server that can search, the loaded messages are searched.
  if (session?.phase.type !== 'live' || session.extensions === false) {
    return [askLoaded(state, asked), [{ type: 'stop-search' }]];
  }
  return [{ ...state, mode: asked }, [{ type: 'search', text }]];
}

function askLoaded(state: AppState, search: Search): AppState {
  const hits = state.session ? searchLoaded(state.session, search.query.text) : [];
  return { ...state, mode: { ...search, hits, progress: { type: 'done', where: 'loaded' } } };
}

/** One line without control characters. */
function queryText(text: string): string {
  return draftText(text).replace(/\r\n|\n|\r/g, ' ');
}
