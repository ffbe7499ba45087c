import type { Item } from '../../session/item.js';
import type { AppEffect, AppUpdate } from '../app-event.js';
import type { AppState } from '../app-state.js';
import { pictureItem } from './selected-item.js';

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
