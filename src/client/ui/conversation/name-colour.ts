import type { Colour } from '../../terminal/style.js';

/**
 * Colours for names: of middle lightness, so that they read on dark and on light backgrounds (contrast of at
 * least 3:1 against both black and white), and far enough apart to be told from each other.
 */
const palette: readonly Colour[] = [
  { red: 205, green: 70, blue: 70 },
  { red: 190, green: 100, blue: 20 },
  { red: 140, green: 120, blue: 0 },
  { red: 60, green: 140, blue: 60 },
  { red: 0, green: 140, blue: 130 },
  { red: 20, green: 130, blue: 190 },
  { red: 95, green: 110, blue: 225 },
  { red: 150, green: 90, blue: 210 },
  { red: 200, green: 70, blue: 160 },
  { red: 150, green: 105, blue: 75 },
];

/** The same colour for the same name, whatever its case, on every machine. */
export function nameColour(name: string): Colour {
  let hash = 0x811c9dc5;
  // FNV-1a: spreads short, similar names well.
  for (const character of name.toLowerCase()) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return palette[hash % palette.length] ?? 'cyan';
}
