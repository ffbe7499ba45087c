import type { GraphicsDetection } from '../../images/graphics/graphics-detection.js';
import { imageModes, type ImageMode } from '../../images/graphics/graphics-protocol.js';
import type { AppUpdate } from '../app-event.js';
import type { AppState } from '../app-state.js';

/** `/images MODE`; `done` is the state with the command taken out of the draft. */
export function chooseImages(state: AppState, done: AppState, argument: string): AppUpdate {
  const mode = imageModes.find((each) => each === argument);
  if (mode === undefined && argument !== '') {
    return [{ ...state, notice: `/images takes one of ${imageModes.join(', ')}.` }, []];
  }
  return [done, [{ type: 'choose-images', mode }]];
}

/** Chooses a mode, if one is given, and says how pictures are shown now. */
export function chosenText(graphics: GraphicsDetection, mode: ImageMode | undefined): string {
  if (mode !== undefined) graphics.choose(mode);
  const shown = graphics.graphics.protocol === 'off' ? 'captions only' : graphics.graphics.protocol;
  const now = graphics.mode === 'auto' ? `${shown} (auto)` : shown;
  return mode === undefined ? `Pictures: ${now}. /images ${imageModes.join('|')}` : `Pictures: ${now}.`;
}
