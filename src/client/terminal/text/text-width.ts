import stringWidth from 'string-width';
import { graphemes } from './graphemes.js';

const printableAscii = /^[\x20-\x7e]*$/;

// Of the module, since every layout measures the same graphemes. Cleared when full: hostile text must not fill the memory.
const measured = new Map<string, number>();
const maxCachedWidths = 4096;
/** Not Hangul: the parts of a syllable share its cells. */
const letter = /(?!\p{Script=Hangul})\p{Lo}/gu;
const maxCachedLength = 32;

/** 0, 1 or 2 cells; a few clusters of joined scripts take more. */
export function graphemeWidth(grapheme: string): number {
  const known = measured.get(grapheme);
  if (known !== undefined) return known;
  // Terminals give each letter of a conjunct its own cell (क्ष), even if they draw one shape.
  const letters = grapheme.match(letter)?.length ?? 0;
  const width = Math.max(letters, stringWidth(grapheme, { countAnsiEscapeCodes: true }));
  if (grapheme.length <= maxCachedLength) {
    if (measured.size >= maxCachedWidths) measured.clear();
    measured.set(grapheme, width);
  }
  return width;
}

export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  return graphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}

/** At most `width` cells; a cut shows as `…`. For text without escape sequences. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let left = width - 1;
  for (const grapheme of graphemes(text)) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    kept += grapheme;
  }
  return `${kept}…`;
}
