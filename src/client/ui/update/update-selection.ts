import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { ListView } from '../conversation/message-list.js';
import { withViewport } from '../conversation/reading.js';
import { scrollBy, topOf } from '../conversation/viewport.js';
import { pictureEffect } from '../commands/image-commands.js';

/** Alt+Up: selects the newest message in view. */
export function startSelection(state: AppState, view: ListView): AppState {
  const { source, height } = view;
  if (source.count === 0) return { ...state, notice: 'There is no message to select.' };
  const top = topOf(state.viewport, source, height);
  let last = top.index;
  for (let used = source.height(last) - top.row; last + 1 < source.count; last++) {
    used += source.height(last + 1);
    if (used > height) break;
  }
  return select(state, last, view);
}

/**
 * What a key or a character does while a message is selected. Undefined for what ends the selection and then does
 * what it always does, such as typing.
 */
export function updateSelection(state: AppState, key: string, view: ListView): AppUpdate | undefined {
  const index = state.selected === undefined ? -1 : view.source.indexOf(state.selected);
  const item = view.source.itemAt(index);
  if (!item || index < 0) return undefined;
  switch (key) {
    case 'up':
    case 'alt+up':
      return [select(state, index - 1, view), []];
    case 'down':
    case 'alt+down':
      return [select(state, index + 1, view), []];
    case 'home':
      return [select(state, 0, view), []];
    case 'end':
      return [select(state, view.source.count - 1, view), []];
    case 'escape':
      return [{ ...state, selected: undefined }, []];
    case 'o':
    case 's': {
      const effect = pictureEffect(key === 'o' ? 'open' : 'save', item);
      return effect ? [state, [effect]] : [{ ...state, notice: 'This message has no picture.' }, []];
    }
    case 'r':
      return item.delivery.type === 'failed'
        ? [state, [{ type: 'resend', key: item.key }]]
        : [{ ...state, notice: 'This message has not failed.' }, []];
    case 'pageup':
    case 'pagedown':
      return [select(state, paged(index, key === 'pageup' ? -1 : 1, view), view), []];
    default:
      return undefined;
  }
}

/** A message about one view further. */
function paged(from: number, step: -1 | 1, { source, height }: ListView): number {
  let index = from;
  for (let rows = 0; rows < height && source.keyAt(index + step) !== ''; index += step) {
    rows += source.height(index);
  }
  return index;
}

/** Selects the message at an index, or the nearest there is, and scrolls it into view. */
function select(state: AppState, wanted: number, view: ListView): AppState {
  const { source } = view;
  const index = Math.max(0, Math.min(wanted, source.count - 1));
  return inView({ ...state, selected: source.keyAt(index), foundKey: undefined }, index, view);
}

/** Scrolls by as little as shows the whole message; its start, if it is higher than the view. */
function inView(state: AppState, index: number, view: ListView): AppState {
  const { source, height } = view;
  const top = topOf(state.viewport, source, height);
  let above = -top.row;
  for (let at = top.index; at < index; at++) above += source.height(at);
  for (let at = index; at < top.index; at++) above -= source.height(at);
  const end = above + source.height(index);
  const rows = above < 0 ? above : Math.max(0, Math.min(above, end - height));
  return rows === 0 ? state : withViewport(state, scrollBy(state.viewport, source, height, rows), view);
}
