import type { Item } from '../../session/item.js';
import { itemAt, itemCount } from '../../session/state.js';
import type { AppState } from '../app-state.js';

/** The message that is selected, if it is still there. */
export function selectedItem(state: AppState): Item | undefined {
  const { selected } = state;
  return selected === undefined ? undefined : newestItem(state, ({ key }) => key === selected);
}

/** The message of the picture with that number; without a number the newest picture's. */
export function pictureItem(state: AppState, number: number | undefined): Item | undefined {
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
