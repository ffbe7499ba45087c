import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { ListView } from '../conversation/message-list.js';
import type { Dialog, TextDialog } from '../state/mode.js';
import { closeSearch, updateSearch } from '../search/update-search.js';
import { firstTextRow, textRows } from './text-dialog.js';

/** What a key or text does in an overlay; undefined: it closes, and the text goes on to the draft. */
export function updateOverlay(
  state: AppState,
  overlay: Dialog,
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

function scrollText(overlay: TextDialog, key: string, height: number): TextDialog | undefined {
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
