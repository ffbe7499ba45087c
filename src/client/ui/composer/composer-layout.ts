import { fillRows } from '../../terminal/text/fill-rows.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { shownGraphemes, shownText } from '../../terminal/text/shown-text.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';

/** A longer draft scrolls. */
export const maxComposerRows = 10;

/** A draft broken into rows, and where its cursor stands in them (0-based). */
export type ComposerLayout = {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
};

/** A part of a line that is one row: as it is in the draft, and as it is drawn. */
type RowPart = { readonly text: string; readonly shown: string };

/** A row of a draft, and the index in the draft at which it starts. */
type DraftRow = RowPart & { readonly start: number };

/**
 * Breaks a draft into rows of at most `width` cells. Rows break between any two graphemes rather than
 * between words: so text does not jump while it is typed, and the cursor's place is exact.
 */
export function layoutDraft(text: string, cursor: number, width: number): ComposerLayout {
  const rows = draftRows(text, width);
  // On the boundary of two rows the cursor stands at the start of the second one.
  const cursorRow = Math.max(
    0,
    rows.findLastIndex(({ start }) => start <= cursor),
  );
  const { text: row, start } = rows[cursorRow] ?? { text: '', start: 0 };
  return {
    rows: rows.map((each) => each.shown),
    cursorRow,
    cursorColumn: Math.min(textWidth(shownText(row.slice(0, cursor - start))), width),
  };
}

/** The draft that was laid out last, by line: at a key press in a long draft only one line is another. */
let known: { readonly width: number; readonly lines: ReadonlyMap<string, readonly RowPart[]> } | undefined;

function draftRows(text: string, width: number): DraftRow[] {
  const before = known?.width === width ? known.lines : undefined;
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
  known = { width, lines };
  // At the end of a full row the cursor goes to the next one.
  const last = rows.at(-1);
  if (last && textWidth(last.shown) >= width) rows.push({ text: '', shown: '', start: text.length });
  return rows;
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

/** The part of a layout that a box of `height` rows shows, so that the cursor is always in it. */
export function scrollToCursor(layout: ComposerLayout, height: number): ComposerLayout {
  const top = Math.max(0, Math.min(layout.cursorRow - height + 1, layout.rows.length - height));
  return {
    // Parts that are harmless each may not be so side by side.
    rows: layout.rows.slice(top, top + height).map(sanitiseText),
    cursorRow: layout.cursorRow - top,
    cursorColumn: layout.cursorColumn,
  };
}
