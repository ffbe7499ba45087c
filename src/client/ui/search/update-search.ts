import { plainPlacement, type Message } from '../../../shared/message.js';
import { unknownRoom } from '../../session/state.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { oneLine, typeInLine } from '../composer/composer.js';
import { withText, editorActions } from '../composer/editor.js';
import type { ListView } from '../conversation/message-list.js';
import { listSteps } from '../keymap/binding.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppEvent, AppUpdate } from '../state/app-event.js';
import { withReading } from '../conversation/reading.js';
import type { AppState, LastSearch } from '../state/app-state.js';
import { conversation, type Search, type SearchHit } from '../state/mode.js';
import { openRoom } from '../rooms/open-room.js';
import { roomLabel } from '../rooms/room-names.js';
import { jumpInOpenedRoom, jumpToHit } from './jump-to-hit.js';
import { newSearch, searchHit, searchLoaded, withHits } from './search.js';

const maxQueryLength = 200;

/** Opens the search, without a text as it was last; with a text it starts immediately. */
export function openSearch(state: AppState, text = ''): AppUpdate {
  if (text === '') {
    const last = state.lastSearch?.search;
    return [{ ...state, mode: last?.what === 'texts' ? { ...last, isReopened: true } : newSearch() }, []];
  }
  return ask(state, { ...newSearch(), query: withText(newSearch().query, oneLine(text)) });
}

/** Lists the messages that mention the user in all rooms. */
export function openMentions(state: AppState): AppUpdate {
  const { session } = state;
  if (session?.phase.type !== 'live' || !session.hasRooms) {
    const text = session?.phase.type === 'live' ? unlistedText : 'Not connected: /reconnect tries now.';
    return [{ ...state, notice: { tone: 'error', text } }, []];
  }
  const mode: Search = { ...newSearch(), what: 'mentions', asked: '', progress: { type: 'running' } };
  return [{ ...state, mode }, [{ type: 'list-mentions' }]];
}

const unlistedText = 'This server lists no mentions: Alt+P goes to the previous one in this room.';

/** Handles input in the search. Enter searches, or jumps to the chosen hit. */
export function updateSearch(state: AppState, search: Search, input: TypedInput, view: ListView): AppUpdate {
  if (input.type !== 'key') {
    if (search.what === 'mentions') return [state, []];
    const before = search.isReopened ? newSearch().query : search.query;
    const query = typeInLine(before, input.text.trimEnd() === '' ? ' ' : input.text, maxQueryLength);
    // Typed again, the same text is searched again: there may be new messages.
    const asked = search.isReopened ? undefined : search.asked;
    return [{ ...state, mode: { ...search, query, asked, isReopened: false } }, []];
  }
  const steps = listSteps(view.height - 2);
  const choose = (step: number): AppUpdate => {
    const chosen = Math.max(0, Math.min(search.hits.length - 1, search.chosen + step));
    return [{ ...state, mode: { ...search, chosen } }, []];
  };
  const action = actionFor('search', input.key);
  switch (action) {
    case 'close':
      return closeSearch(state);
    case 'previous':
    case 'next':
    case 'page-up':
    case 'page-down':
      return choose(steps[action]);
    case 'search-or-open':
      return search.query.text === search.asked ? openHit(state, search, view) : ask(state, search);
    case undefined: {
      const edit = actionFor('editing', input.key);
      if (!edit) return [state, []];
      const query = editorActions[edit](search.query);
      return [{ ...state, mode: { ...search, query, isReopened: false } }, []];
    }
  }
}

/** Closes the search and stops it. It is kept, so that it can be opened again. */
export function closeSearch(state: AppState): AppUpdate {
  const { mode } = state;
  if (mode.type !== 'search') return [{ ...state, mode: conversation }, []];
  const isRunning = mode.progress.type === 'running';
  const search: Search = isRunning
    ? { ...mode, hasMore: true, progress: { type: 'done', where: 'server' } }
    : mode;
  const lastSearch = mode.asked === undefined ? state.lastSearch : { search, isActive: false };
  return [{ ...state, mode: conversation, lastSearch }, isRunning ? [{ type: 'stop-search' }] : []];
}

/** Goes to the next older (1) or newer (-1) hit of the last search. */
export function stepToHit(state: AppState, step: -1 | 1, view: ListView): AppUpdate {
  const { lastSearch } = state;
  if (!lastSearch || lastSearch.search.hits.length === 0)
    return [{ ...state, notice: 'Nothing was found before: Ctrl+F searches.' }, []];
  const { search, isActive } = lastSearch;
  // Until the search is active again, the chosen hit is the next one.
  const chosen = isActive ? search.chosen + step : search.chosen;
  const hit = search.hits[chosen];
  if (!hit) {
    const older =
      search.what === 'mentions'
        ? 'There are older mentions, which are not listed.'
        : 'Older hits: make the search more specific.';
    const reason = step > 0 && search.hasMore ? older : undefined;
    return [{ ...state, notice: reason ?? (step > 0 ? 'No older hit.' : 'No newer hit.') }, []];
  }
  return goToHit({ ...state, lastSearch: { search: { ...search, chosen }, isActive: true } }, hit, view);
}

/** Stops marking matches; the search can be opened again. */
export function endSearch(state: AppState, { search }: LastSearch): AppState {
  return withReading({ ...state, lastSearch: { search, isActive: false } }, { highlightedKey: undefined });
}

/** Adds the server's hits and the end of the search. Answers to an earlier query are dropped. */
export function updateFound(
  state: AppState,
  event: Extract<AppEvent, { type: 'search-found' | 'search-ended' }>,
): AppUpdate {
  const { mode, lastSearch } = state;
  if (mode.type === 'search') {
    const search = isRunning(mode, event.text) ? withAnswer(state, mode, event) : mode;
    return [search === mode ? state : { ...state, mode: search }, []];
  }
  if (!lastSearch || !isRunning(lastSearch.search, event.text)) return [state, []];
  return [
    { ...state, lastSearch: { ...lastSearch, search: withAnswer(state, lastSearch.search, event) } },
    [],
  ];
}

function isRunning({ asked, progress }: Search, text: string): boolean {
  return asked === text && progress.type === 'running';
}

function withAnswer(
  state: AppState,
  search: Search,
  event: Extract<AppEvent, { type: 'search-found' | 'search-ended' }>,
): Search {
  if (event.type === 'search-found')
    return withHits(
      search,
      event.messages.map((message) => ({
        ...searchHit(message, undefined, event.text),
        ...(search.what === 'mentions' && { place: placeOf(message, state) }),
      })),
    );
  const { reason } = event;
  if (reason?.code === 'unsupported' && search.what === 'texts') return askLoaded(state, search);
  const progress: Search['progress'] = reason
    ? { type: 'failed', reason: sanitiseLine(reason.message) }
    : { type: 'done', where: 'server' };
  return { ...search, progress };
}

function placeOf({ detail = plainPlacement }: Message, { session }: AppState) {
  const known = session?.rooms.get(detail.room)?.room ?? unknownRoom(detail.room);
  return { room: detail.room, label: roomLabel(known, session?.user ?? '') };
}

function openHit(state: AppState, search: Search, view: ListView): AppUpdate {
  const hit = search.hits[search.chosen];
  if (!hit) return [state, []];
  // A search that is still running continues, since the user may want the next hit.
  return goToHit({ ...state, mode: conversation, lastSearch: { search, isActive: true } }, hit, view);
}

/** Goes to the room of the hit first, if that is another one. */
function goToHit(state: AppState, hit: SearchHit, view: ListView): AppUpdate {
  const { place } = hit;
  if (!place || place.room === state.room) return jumpToHit(state, hit, view);
  if (!state.session?.rooms.has(place.room))
    return [{ ...state, notice: `You are not in ${place.label}: it cannot be opened.` }, []];
  const { lastSearch } = state;
  const [opened, effects] = openRoom(state, place.room);
  const [jumping, loads] = jumpInOpenedRoom({ ...opened, lastSearch }, hit);
  return [jumping, [...effects, ...loads]];
}

function ask(state: AppState, search: Search): AppUpdate {
  const text = search.query.text;
  if (text.trim() === '') return [{ ...state, mode: search }, []];
  const asked: Search = {
    ...search,
    asked: text,
    hits: [],
    hasMore: false,
    isReopened: false,
    chosen: 0,
    progress: { type: 'running' },
  };
  const { session } = state;
  // Without a server that can search, the loaded messages are searched.
  if (session?.phase.type !== 'live' || session.extensions === false) {
    return [{ ...state, mode: askLoaded(state, asked) }, [{ type: 'stop-search' }]];
  }
  return [{ ...state, mode: asked }, [{ type: 'search', text, room: state.room }]];
}

function askLoaded(state: AppState, search: Search): Search {
  const hits = state.session ? searchLoaded(state.session, search.asked ?? search.query.text) : [];
  const found = withHits({ ...search, hits: [] }, hits);
  return { ...found, progress: { type: 'done', where: 'loaded' } };
}
