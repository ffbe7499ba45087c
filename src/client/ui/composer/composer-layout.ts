import { graphemes } from '../../terminal/graphemes.js';
import { textWidth } from '../../terminal/text-width.js';

/** A draft broken into rows, and where its cursor stands in them (0-based). */
export type ComposerLayout = {
  readonly rows: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
};

/**
 * Breaks a draft into rows of at most `width` cells. Rows break between any two graphemes rather than
 * between words: so text does not jump while it is typed, and the cursor's place is exact.
 */
export function layoutDraft(text: string, cursor: number, width: number): ComposerLayout {
  const rows: string[] = [];
  let row = '';
  let column = 0;
  let cursorRow = 0;
  let cursorColumn = 0;
  let index = 0;
  const endRow = () => {
    rows.push(row);
    row = '';
    column = 0;
  };
  const placeCursor = () => {
    if (index !== cursor) return;
    cursorRow = rows.length;
    cursorColumn = column;
  };
  for (const grapheme of graphemes(text)) {
    if (grapheme === '\n') {
      placeCursor();
      endRow();
    } else {
      const cells = textWidth(grapheme);
      if (column + cells > width) endRow();
      placeCursor();
      row += grapheme;
      column += cells;
    }
    index += grapheme.length;
  }
  // The cursor stands after the last grapheme: on a full row it goes to the next one.
  if (column >= width) endRow();
  placeCursor();
  rows.push(row);
  return { rows, cursorRow, cursorColumn };
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
