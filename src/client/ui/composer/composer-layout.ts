import { graphemes } from '../../terminal/text/graphemes.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { shownGraphemes, shownText } from '../../terminal/text/shown-text.js';
import { graphemeWidth, textWidth, truncate } from '../../terminal/text/text-width.js';

export const maxComposerRows = 10;

/** A draft in rows, and the position of the caret, from 0. */
export type ComposerLayout = {
  readonly rows: readonly string[];
  /** Where each row starts in the text. */
  readonly starts: readonly number[];
  readonly caretRow: number;
  readonly caretColumn: number;
};

type RowPart = { readonly text: string; readonly shown: string };

type DraftRow = RowPart & { readonly start: number };

/** Lays out a draft in rows of at most `width` cells. */
export type LayoutDraft = (text: string, cursor: number, width: number) => ComposerLayout;

/** Only a changed line is laid out again. */
export function createDraftLayout(): LayoutDraft {
  let known: { readonly width: number; readonly lines: ReadonlyMap<string, readonly RowPart[]> } | undefined;
  return (text, cursor, width) => {
    const { rows, lines } = draftRows(text, width, known?.width === width ? known.lines : undefined);
    known = { width, lines };
    return withCaret(rows, cursor);
  };
}

function withCaret(rows: readonly DraftRow[], cursor: number): ComposerLayout {
  // At the boundary of two rows the caret is in the second one.
  const caretRow = Math.max(
    0,
    rows.findLastIndex(({ start }) => start <= cursor),
  );
  const { text: row, start, shown } = rows[caretRow] ?? { text: '', shown: '', start: 0 };
  return {
    rows: rows.map((each) => each.shown),
    starts: rows.map((each) => each.start),
    caretRow,
    caretColumn: Math.min(textWidth(shownText(row.slice(0, cursor - start))), textWidth(shown)),
  };
}

/** The cursor one row up (-1) or down (1), in the nearest column; undefined at the first or last row. */
export function cursorInNextRow(
  text: string,
  { rows, starts, caretRow, caretColumn }: ComposerLayout,
  step: -1 | 1,
): number | undefined {
  const target = caretRow + step;
  const start = starts[target];
  if (start === undefined || rows[target] === undefined) return undefined;
  const behind = starts[target + 1] ?? text.length;
  const [line = ''] = text.slice(start, behind).split(/[\r\n]/, 1);
  let cursor = start;
  let column = 0;
  // At the end of a wrapped row the caret would be in the next one.
  const last = start + line.length === behind && target + 1 < starts.length ? -1 : undefined;
  for (const grapheme of graphemes(line).slice(0, last)) {
    const cells = textWidth(shownText(grapheme));
    if (column + cells > caretColumn) break;
    column += cells;
    cursor += grapheme.length;
  }
  return cursor;
}

function draftRows(
  text: string,
  width: number,
  before: ReadonlyMap<string, readonly RowPart[]> | undefined,
): { rows: DraftRow[]; lines: ReadonlyMap<string, readonly RowPart[]> } {
  const lines = new Map<string, readonly RowPart[]>();
  const rows: DraftRow[] = [];
  let start = 0;
  for (const [line, lineBreak] of linesOf(text)) {
    const parts = lines.get(line) ?? before?.get(line) ?? rowParts(line, width);
    lines.set(line, parts);
    let partStart = start;
    for (const part of parts) {
      rows.push({ ...part, start: partStart });
      partStart += part.text.length;
    }
    start += line.length + lineBreak.length;
  }
  // After a full row the caret is in the next one.
  const last = rows.at(-1);
  if (last && textWidth(last.shown) >= width) rows.push({ text: '', shown: '', start: text.length });
  return { rows, lines };
}

function linesOf(text: string): [line: string, lineBreak: string][] {
  const parts = text.split(/(\r\n|\n|\r)/);
  const lines: [string, string][] = [];
  for (let index = 0; index < parts.length; index += 2)
    lines.push([parts[index] ?? '', parts[index + 1] ?? '']);
  return lines;
}

/** Breaks at words, as the list does; spaces at the end of a row that do not fit are not shown. */
function rowParts(line: string, width: number): RowPart[] {
  const drawn = graphemes(line);
  const pieces = shownGraphemes(drawn);
  const parts: RowPart[] = [];
  let [start, cells, hidden] = [0, 0, 0];
  /** The last place in the row where it may break, and the cells before it. */
  let [breakAt, breakCells] = [0, 0];
  const endRow = (end: number): void => {
    const text = drawn.slice(start, end).join('');
    const shown = pieces === drawn ? text : pieces.slice(start, end).map(fit).join('');
    parts.push({ text, shown: hidden === 0 ? shown : shown.slice(0, -hidden) });
    hidden = 0;
    start = end;
  };
  const fit = (piece: string, offset: number): string =>
    piece.length > width && piece !== drawn[start + offset] ? truncate(piece, width) : piece;
  for (let index = 0; index < drawn.length; index++) {
    const grapheme = drawn[index] ?? '';
    const piece = fit(pieces[index] ?? '', index - start);
    if (grapheme === ' ' || grapheme === '\t') {
      hidden += Math.max(0, cells + piece.length - width);
      [breakAt, breakCells] = [index + 1, (cells = Math.min(width, cells + piece.length))];
      continue;
    }
    const added = piece === grapheme ? graphemeWidth(piece) : textWidth(piece);
    // Wide characters may be separated anywhere.
    if (added > 1) [breakAt, breakCells] = [index, cells];
    while (cells + added > width && index > start) {
      const isWhole = breakAt > start;
      cells = isWhole ? cells - breakCells : 0;
      endRow(isWhole ? breakAt : index);
    }
    cells += added;
    if (added > 1) [breakAt, breakCells] = [index + 1, cells];
  }
  endRow(drawn.length);
  return parts;
}

/** The `height` rows around the caret. */
export function scrollToCaret(layout: ComposerLayout, height: number): ComposerLayout {
  const top = Math.max(0, Math.min(layout.caretRow - height + 1, layout.rows.length - height));
  return {
    // Rows that are harmless alone may not be harmless together.
    rows: layout.rows.slice(top, top + height).map(sanitiseText),
    starts: layout.starts.slice(top, top + height),
    caretRow: layout.caretRow - top,
    caretColumn: layout.caretColumn,
  };
}
