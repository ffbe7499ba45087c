import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { ListView } from './message-list.js';
import { withViewport } from './reading.js';
import { newest, type Viewport } from '../state/reading.js';
import { jumpToMention, jumpToUnread } from './jump.js';
import { scrollBy, scrollToOldest, topOf } from './viewport.js';

/** What a key does to the view of the messages; undefined for keys that do not move it. */
export function updateScroll(state: AppState, key: string, view: ListView): AppUpdate | undefined {
  const { source, height } = view;
  // Two rows stay in view, so that the eye finds its place.
  const page = Math.max(1, height - 2);
  const scrolled = (rows: number) => moved(state, scrollBy(state.viewport, source, height, rows), view);
  switch (key) {
    case 'pageup':
      return isAtTop(state, view) ? showOlder(state, view) : scrolled(-page);
    case 'pagedown':
      return scrolled(page);
    case 'ctrl+home':
    case 'alt+home':
      return isAtTop(state, view)
        ? showOlder(state, view)
        : moved(state, scrollToOldest(source, height), view);
    case 'ctrl+end':
    case 'alt+end':
      return moved(state, newest, view);
    case 'end':
      return state.composer.editor.text === '' ? moved(state, newest, view) : undefined;
    case 'alt+p':
      return [jumpToMention(state, -1, view), []];
    case 'alt+n':
      return [jumpToMention(state, 1, view), []];
    case 'alt+u':
      return [jumpToUnread(state, view), []];
    default:
      return undefined;
  }
}

/** Scrolled by hand: what was jumped to no longer counts. */
function moved(state: AppState, viewport: Viewport, view: ListView): AppUpdate {
  return [{ ...withViewport(state, viewport, view), foundKey: undefined, sought: undefined }, []];
}

/** Past the top: what was cleared comes back, else the page before. */
function showOlder(state: AppState, view: ListView): AppUpdate {
  if (state.preferences.clearedKey !== undefined) {
    return [{ ...state, preferences: { ...state.preferences, clearedKey: undefined } }, []];
  }
  const [atTop] = moved(state, scrollToOldest(view.source, view.height), view);
  return [atTop, [{ type: 'load-older' }]];
}

function isAtTop({ viewport }: AppState, { source, height }: ListView): boolean {
  const top = topOf(viewport, source, height);
  return top.index === 0 && top.row === 0;
}
