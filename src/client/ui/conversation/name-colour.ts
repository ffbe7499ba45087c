import { foldText } from '../../../shared/fold-text.js';
import type { Colour } from '../../terminal/colour/style.js';

/** The colour of a name out of those of a theme: the same for the same name, whatever its case, on every machine. */
export function nameColour(name: string, colours: readonly Colour[]): Colour | undefined {
  let hash = 0x811c9dc5;
  // FNV-1a: spreads short, similar names well.
  for (const character of foldText(name)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return colours[hash % colours.length];
}
