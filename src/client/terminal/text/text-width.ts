import stringWidth from 'string-width';
import { graphemes } from './graphemes.js';

const printableAscii = /^[\x20-\x7e]*$/;

/** Widths already measured. Emptied when full, so that hostile text cannot fill the memory. */
const measured = new Map<string, number>();
const maxCachedWidths = 4096;
/** Of joined scripts; the parts of a Hangul syllable share its cells. */
const letter = /(?!\p{Script=Hangul})\p{Lo}/gu;
/** Longer clusters are not worth keeping: they do not come twice. */
const maxCachedLength = 32;

/** The cells that one grapheme takes: 0, 1 or 2; a few clusters of joined scripts take more. */
export function graphemeWidth(grapheme: string): number {
  const known = measured.get(grapheme);
  if (known !== undefined) return known;
  // Terminals give each letter of a conjunct a cell of its own (क्ष), also where they draw one shape.
  const letters = grapheme.match(letter)?.length ?? 0;
  const width = Math.max(letters, stringWidth(grapheme, { countAnsiEscapeCodes: true }));
  if (grapheme.length <= maxCachedLength) {
    if (measured.size >= maxCachedWidths) measured.clear();
    measured.set(grapheme, width);
  }
  return width;
}

/** The cells that a text takes on one row. For text without escape sequences, tabs and newlines. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  return graphemes(text).reduce((width, grapheme) => width + graphemeWidth(grapheme), 0);
}
