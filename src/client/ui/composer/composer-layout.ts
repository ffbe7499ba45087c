import { fillRows } from '../../terminal/text/fill-rows.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { shownGraphemes, shownText } from '../../terminal/text/shown-text.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';

/** A longer draft scrolls. */
export const maxComposerRows = 10;

/** A draft broken into rows, and the caret in them, from 0. */
export type ComposerLayout = {
  readonly rows: readonly string[];
  readonly caretRow: number;
  readonly caretColumn: number;
};

/** A row: as it is in the draft, and as it is drawn. */
type RowPart = { readonly text: string; readonly shown: string };

/** With the index of its start in the draft. */
type DraftRow = RowPart & { readonly start: number };

/** Lays out a draft with its cursor, in rows of at most `width` cells. */
export type LayoutDraft = (text: string, cursor: number, width: number) => ComposerLayout;

/**
 * Rows break between any two graphemes rather than between words, so that text does not jump while it is typed. The
 * function remembers the last draft by line: a key press changes one line of it.
 */
export function createDraftLayout(): LayoutDraft {
  let known: { readonly width: number; readonly lines: ReadonlyMap<string, readonly RowPart[]> } | undefined;
  return (text, cursor, width) => {
    const { rows, lines } = draftRows(text, width, known?.width === width ? known.lines : undefined);
    known = { width, lines };
    return withCaret(rows, cursor, width);
  };
}

function withCaret(rows: readonly DraftRow[], cursor: number, width: number): ComposerLayout {
  // On the boundary of two rows the caret is at the start of the second one.
  const caretRow = Math.max(
    0,
    rows.findLastIndex(({ start }) => start <= cursor),
  );
  const { text: row, start } = rows[caretRow] ?? { text: '', start: 0 };
  return {
    rows: rows.map((each) => each.shown),
    caretRow,
    caretColumn: Math.min(textWidth(shownText(row.slice(0, cursor - start))), width),
  };
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
  // At the end of a full row the caret is in the next one.
  const last = rows.at(-1);
  if (last && textWidth(last.shown) >= width) rows.push({ text: '', shown: '', start: text.length });
  return { rows, lines };
}

/** The lines of a draft, each with the line break behind it. */
function linesOf(text: string): [line: string, lineBreak: string][] {
  const parts = text.split(/(\r\n|\n|\r)/);
  const lines: [string, string][] = [];
  for (let index = 0; index < parts.length; index += 2)
    lines.push([parts[index] ?? '', parts[index + 1] ?? '']);
  return lines;
}

function rowParts(line: string, width: number): RowPart[] {
  const drawn = graphemes(line);
  const shown = shownGraphemes(drawn);
  if (shown === drawn) return fillRows(drawn, width).map((row) => ({ text: row, shown: row }));
  const parts: RowPart[] = [];
  let [text, row, rowWidth] = ['', '', 0];
  for (const [index, grapheme] of drawn.entries()) {
    const whole = shown[index] ?? '';
    // A tab may be wider than the composer.
    const piece = whole.length > width ? truncate(whole, width) : whole;
    const cells = piece === grapheme ? graphemeWidth(piece) : textWidth(piece);
    if (rowWidth + cells > width) {
      parts.push({ text, shown: row });
      [text, row, rowWidth] = ['', '', 0];
    }
    text += grapheme;
    row += piece;
    rowWidth += cells;
  }
  return [...parts, { text, shown: row }];
}

/** The part of a layout that fits into `height` rows, with the caret in it. */
export function scrollToCaret(layout: ComposerLayout, height: number): ComposerLayout {
  const top = Math.max(0, Math.min(layout.caretRow - height + 1, layout.rows.length - height));
  return {
    // Parts that are harmless alone may not be so side by side.
    rows: layout.rows.slice(top, top + height).map(sanitiseText),
    caretRow: layout.caretRow - top,
    caretColumn: layout.caretColumn,
  };
}
