import { graphemes } from './graphemes.js';
import { graphemeWidth, textWidth, truncate } from './text-width.js';

/** Keeps words and indentation where they fit; drops only spaces at row breaks. For text without escapes and tabs. */
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

/** Runs of spaces, words, and single wide characters, which may be separated anywhere. */
function tokens(paragraph: string): string[] {
  const found: string[] = [];
  let run = '';
  // Stored, since looking into a growing string takes as long as the string is.
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

/** Breaks a text without newlines wherever a row is full. */
export function breakText(text: string, width: number): string[] {
  return fillRows(
    graphemes(text).flatMap((whole) => fitting(whole, width)),
    width,
  );
}

function fitting(grapheme: string, width: number): string[] {
  if (graphemeWidth(grapheme) <= width) return [grapheme];
  return Array.from(grapheme, (part) => truncate(part, width));
}

/** Breaks a row wherever it is full. Returns at least one row. */
function fillRows(graphemes: readonly string[], width: number): string[] {
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
