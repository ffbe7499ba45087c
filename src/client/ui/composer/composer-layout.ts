import { fillRows } from '../../terminal/text/wrap.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { shownGraphemes, shownText } from '../../terminal/text/shown-text.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';

export const maxComposerRows = 10;

/** A draft in rows, and the position of the caret, from 0. */
export type ComposerLayout = {
  readonly rows: readonly string[];
  readonly caretRow: number;
  readonly caretColumn: number;
};

type RowPart = { readonly text: string; readonly shown: string };

type DraftRow = RowPart & { readonly start: number };

/** Lays out a draft in rows of at most `width` cells. */
export type LayoutDraft = (text: string, cursor: number, width: number) => ComposerLayout;

/** Rows break between any graphemes, so that text does not jump. Only a changed line is laid out again. */
export function createDraftLayout(): LayoutDraft {
  let known: { readonly width: number; readonly lines: ReadonlyMap<string, readonly RowPart[]> } | undefined;
  return (text, cursor, width) => {
    const { rows, lines } = draftRows(text, width, known?.width === width ? known.lines : undefined);
    known = { width, lines };
    return withCaret(rows, cursor, width);
  };
}

function withCaret(rows: readonly DraftRow[], cursor: number, width: number): ComposerLayout {
  // At the boundary of two rows the caret is in the second one.
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

/** The `height` rows around the caret. */
export function scrollToCaret(layout: ComposerLayout, height: number): ComposerLayout {
  const top = Math.max(0, Math.min(layout.caretRow - height + 1, layout.rows.length - height));
  return {
    // Rows that are harmless alone may not be harmless together.
    rows: layout.rows.slice(top, top + height).map(sanitiseText),
    caretRow: layout.caretRow - top,
    caretColumn: layout.caretColumn,
  };
}
