import { fillRows } from '../../terminal/text/fill-rows.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { textWidth } from '../../terminal/text/text-width.js';

/** A draft broken into rows, and where its cursor stands in them (0-based). */
export type ComposerLayout = {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
};

/** A row of a draft, and the index in the draft at which it starts. */
type DraftRow = { readonly text: string; readonly start: number };

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
    rows: rows.map((each) => each.text),
    cursorRow,
    cursorColumn: textWidth(row.slice(0, cursor - start)),
  };
}

/** The draft that was laid out last, by line: at a key press in a long draft only one line is another. */
let known: { readonly width: number; readonly lines: ReadonlyMap<string, readonly string[]> } | undefined;

function draftRows(text: string, width: number): DraftRow[] {
  const before = known?.width === width ? known.lines : undefined;
  const lines = new Map<string, readonly string[]>();
  const rows: DraftRow[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const parts = lines.get(line) ?? before?.get(line) ?? fillRows(graphemes(line), width);
    lines.set(line, parts);
    let partStart = start;
    for (const part of parts) {
      rows.push({ text: part, start: partStart });
      partStart += part.length;
    }
    start += line.length + 1;
  }
  known = { width, lines };
  // At the end of a full row the cursor goes to the next one.
  const last = rows.at(-1);
  if (last && textWidth(last.text) >= width) rows.push({ text: '', start: text.length });
  return rows;
}

/** The part of a layout that a box of `height` rows shows, so that the cursor is always in it. */
export function scrollToCursor(layout: ComposerLayout, height: number): ComposerLayout {
  const top = Math.max(0, Math.min(layout.cursorRow - height + 1, layout.rows.length - height));
  return {
    rows: layout.rows.slice(top, top + height),
    cursorRow: layout.cursorRow - top,
    cursorColumn: layout.cursorColumn,
  };
}
