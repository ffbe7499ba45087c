import { graphemeWidth } from './text-width.js';

/** Breaks a row wherever it is full. Returns at least one row. */
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
