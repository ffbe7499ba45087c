import { type Colour, cubeIndex } from '../../terminal/colour/style.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';

/** A colour as Ink takes it, the same that `style` makes of it. */
export function inkColour(colour: Colour, depth: ColourDepth): string {
  // Ink calls the bright colours by chalk's names.
  if (typeof colour === 'string')
    return colour.replace(/^bright(.*)/, (_, rest: string) => `${rest.toLowerCase()}Bright`);
  if (depth === '256') return `ansi256(${cubeIndex(colour)})`;
  return `rgb(${colour.red}, ${colour.green}, ${colour.blue})`;
}
