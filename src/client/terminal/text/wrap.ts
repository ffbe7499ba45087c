import { graphemes } from './graphemes.js';
import { graphemeWidth, textWidth } from './text-width.js';
import { truncate } from './truncate.js';

/**
 * The rows that a text takes at `width` cells. Words stay whole where they fit, also their indentation; wide
 * characters may part anywhere; `\n` starts a row. Lost are only spaces where a row breaks, and what does not fit
 * into a row at all (shown as `…`). For text without escape sequences and tabs.
 */
export function wrapText(text: string, width: number): string[] {
  const widest = Math.max(1, Math.floor(width));
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, widest));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  if (textWidth(paragraph) <= width) return [paragraph];
  const rows: string[] = [];
  let row = '';
  let rowWidth = 0;
  let spaces = '';
  for (const token of tokens(paragraph)) {
    if (/^ +$/.test(token)) {
      spaces = token;
      continue;
    }
    const tokenWidth = textWidth(token);
    if (rowWidth + spaces.length + tokenWidth <= width) {
      row += spaces + token;
      rowWidth += spaces.length + tokenWidth;
    } else {
      if (row !== '') rows.push(row);
      const pieces = tokenWidth <= width ? [token] : breakText(token, width);
      row = pieces.pop() ?? '';
      rowWidth = textWidth(row);
      rows.push(...pieces);
    }
    spaces = '';
  }
  rows.push(row + spaces.slice(0, width - rowWidth));
  return rows;
}

type TokenKind = 'space' | 'word' | 'wide';

function tokenKind(grapheme: string): TokenKind {
  return grapheme === ' ' ? 'space' : graphemeWidth(grapheme) > 1 ? 'wide' : 'word';
}

/** Runs of spaces, words, and single wide characters, which need no space between them. */
function tokens(paragraph: string): string[] {
  const found: string[] = [];
  let run = '';
  // What the run is made of is kept beside it: to look into a growing string takes as long as the string is.
  let kind: TokenKind | undefined;
  for (const grapheme of graphemes(paragraph)) {
    const next = tokenKind(grapheme);
    if (next === kind && next !== 'wide') {
      run += grapheme;
    } else {
      if (run !== '') found.push(run);
      run = grapheme;
      kind = next;
    }
  }
  if (run !== '') found.push(run);
  return found;
}

/** A text without newlines in rows that break wherever they are full; the last may have room left. */
export function breakText(text: string, width: number): string[] {
  return fillRows(
    graphemes(text).flatMap((whole) => fitting(whole, width)),
    width,
  );
}

/** A cluster that is wider than a row comes apart; what is still too wide becomes `…`. */
function fitting(grapheme: string, width: number): string[] {
  if (graphemeWidth(grapheme) <= width) return [grapheme];
  return Array.from(grapheme, (part) => truncate(part, width));
}

/** Graphemes put into rows of at most `width` cells, broken wherever a row is full; at least one row. */
export function fillRows(graphemes: readonly string[], width: number): string[] {
  const rows: string[] = [];
  let row = '';
  let rowWidth = 0;
  for (const grapheme of graphemes) {
    const cells = graphemeWidth(grapheme);
    if (rowWidth + cells > width) {
      rows.push(row);
      row = '';
      rowWidth = 0;
    }
    row += grapheme;
    rowWidth += cells;
  }
  rows.push(row);
  return rows;
}
