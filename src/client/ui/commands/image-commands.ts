import { imageModes } from '../../images/graphics/graphics-protocol.js';
import type { Item } from '../../session/item.js';
import { itemAt, itemCount, type SessionState } from '../../session/state.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { usageNotice } from './commands.js';

/** `/open [N]` and `/save [N] [PATH]`; `done` is the state without the command in the draft. */
export function runImageCommand(
  state: AppState,
  done: AppState,
  name: 'open' | 'save',
  argument: string,
): AppUpdate {
  const [, digits, path = ''] = /^(?:#?(\d+)(?:\s+|$))?(.*)$/s.exec(argument) ?? [];
  if (name === 'open' && path !== '')
    return [{ ...state, notice: { tone: 'error', text: usageNotice('open') } }, []];
  const number = digits === undefined ? undefined : Number(digits);
  const item = state.session && newestImage(state.session, number);
  const action = name === 'open' ? 'open-image' : 'save-image';
  const effect = item && imageEffect(action, item, path === '' ? undefined : path);
  if (effect) return [done, [effect]];
  const text = digits ? `There is no image ${digits} here.` : 'There is no image here.';
  return [{ ...state, notice: { tone: 'error', text } }, []];
}

/** Opens or saves a message's image; undefined if it has none, or no number yet. */
export function imageEffect(
  action: 'open-image' | 'save-image',
  { imageNumber: number, message: { content } }: Item,
  path?: string,
): AppEffect | undefined {
  if (number === undefined) return undefined;
  return action === 'open-image'
    ? { type: action, number, content }
    : { type: action, number, content, path };
}

/** `/images MODE`; `done` is the state without the command in the draft. */
export function chooseImages(state: AppState, done: AppState, argument: string): AppUpdate {
  const mode = imageModes.find((each) => each === argument);
  if (mode === undefined && argument !== '') {
    return [
      { ...state, notice: { tone: 'error', text: `/images takes one of ${imageModes.join(', ')}.` } },
      [],
    ];
  }
  return [done, [{ type: 'choose-images', mode }]];
}

/** The newest image with that number, or the newest of all. */
function newestImage(session: SessionState, number: number | undefined): Item | undefined {
  const isWanted = ({ imageNumber }: Item) =>
    imageNumber !== undefined && (number === undefined || imageNumber === number);
  for (let index = itemCount(session) - 1; index >= 0; index--) {
    const item = itemAt(session, index);
    if (item && isWanted(item)) return item;
  }
  return [...(session.excerpt?.items ?? [])].findLast(isWanted);
}
