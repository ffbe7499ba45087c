import { imageModes } from '../../images/graphics-protocol.js';
import type { Item } from '../../session/item.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { itemAt, itemCount } from '../../session/state.js';

/** `/open [N]` and `/save [N] [PATH]`; `done` is the state with the command taken out of the draft. */
export function runPictureCommand(
  state: AppState,
  done: AppState,
  name: 'open' | 'save',
  argument: string,
): AppUpdate {
  const [, digits, path = ''] = /^(?:#?(\d+)(?:\s+|$))?(.*)$/s.exec(argument) ?? [];
  if (name === 'open' && path !== '') return [{ ...state, notice: 'Which picture? /open N' }, []];
  const item = pictureItem(state, digits === undefined ? undefined : Number(digits));
  const effect = item && pictureEffect(name, item, path === '' ? undefined : path);
  if (effect) return [done, [effect]];
  return [
    { ...state, notice: digits ? `There is no image ${digits} here.` : 'There is no picture here.' },
    [],
  ];
}

/** What opens or saves a message's picture; undefined if it has none, or none that has a number yet. */
export function pictureEffect(
  name: 'open' | 'save',
  { imageNumber: number, message: { content } }: Item,
  path?: string,
): AppEffect | undefined {
  if (number === undefined) return undefined;
  return name === 'open'
    ? { type: 'open-picture', number, content }
    : { type: 'save-picture', number, content, path };
}

/** The message of the picture with that number; without a number the newest picture's. */
function pictureItem(state: AppState, number: number | undefined): Item | undefined {
  return newestItem(
    state,
    ({ imageNumber }) => imageNumber !== undefined && (number === undefined || imageNumber === number),
  );
}

function newestItem({ session }: AppState, matches: (item: Item) => boolean): Item | undefined {
  if (!session) return undefined;
  for (let index = itemCount(session) - 1; index >= 0; index--) {
    const item = itemAt(session, index);
    if (item && matches(item)) return item;
  }
  return undefined;
}

/** `/images MODE`; `done` is the state with the command taken out of the draft. */
export function chooseImages(state: AppState, done: AppState, argument: string): AppUpdate {
  const mode = imageModes.find((each) => each === argument);
  if (mode === undefined && argument !== '') {
    return [{ ...state, notice: `/images takes one of ${imageModes.join(', ')}.` }, []];
  }
  return [done, [{ type: 'choose-images', mode }]];
}
