import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppUpdate } from '../app-event.js';
import type { AppState } from '../app-state.js';
import type { ListView } from '../conversation/list-view.js';
import { closeSearch, updateSearch } from '../search/update-search.js';
import type { Overlay, TextOverlay } from './overlay.js';
import { firstTextRow, textRows } from './text-rows.js';

/** What a key or text does in an overlay; undefined: it closes, and the text goes on to the draft. */
export function updateOverlay(
  state: AppState,
  overlay: Overlay,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
  view: ListView,
): AppUpdate | undefined {
  if (overlay.type === 'search') return updateSearch(state, overlay, input, view);
  if (input.type !== 'key') return undefined;
  const scrolled = scrollText(overlay, input.key, view.height);
  if (!scrolled) return [{ ...state, overlay: undefined }, []];
  // Beyond the last page there is nothing to come back from.
  const { length } = textRows(scrolled, state, view.width - 1);
  return [{ ...state, overlay: { ...scrolled, top: firstTextRow(scrolled.top, length, view.height) } }, []];
}

/** Closes what lies over the messages. */
export function closeOverlay(state: AppState): AppUpdate {
  return state.overlay?.type === 'search' ? closeSearch(state) : [{ ...state, overlay: undefined }, []];
}

function scrollText(overlay: TextOverlay, key: string, height: number): TextOverlay | undefined {
  const { top } = overlay;
  switch (key) {
    case 'down':
      return { ...overlay, top: top + 1 };
    case 'pagedown':
      return { ...overlay, top: top + height };
    case 'up':
      return { ...overlay, top: Math.max(0, top - 1) };
    case 'pageup':
      return { ...overlay, top: Math.max(0, top - height) };
    case 'escape':
    case 'f1':
    case 'enter':
      return undefined;
    default:
      return overlay;
  }
}
