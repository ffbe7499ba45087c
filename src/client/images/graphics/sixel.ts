import { imageProcess } from '../process/image-process.js';
import type { CellPixels, ImageRenderer } from './image-renderer.js';

/** Sixel paints bands of so many pixels. */
const bandHeight = 6;
/** A strip has as many rows as whole bands take, but at least so many. */
const minStripRows = 3;

/** How sixel is spoken. */
export type SixelOptions = {
  readonly cellPixels: CellPixels;
  /** True inside tmux, which keeps ten images, whoever drew them, and forgets the oldest. */
  readonly tmux: boolean;
};

/**
 * Draws with sixel, for terminals that reported its cell size: unlike the other protocols it counts in pixels. In strips,
 * but for tmux: all of an image at once would hold up whatever else is to be written.
 */
export function sixelRenderer({ cellPixels, tmux }: SixelOptions): ImageRenderer {
  return {
    async render(bytes, cells) {
      const width = cells.columns * cellPixels.width;
      const height = wholeBands(cells.rows * cellPixels.height);
      const stripRows = tmux ? cells.rows : rowsOfStrip(cellPixels.height);
      const stripHeight = stripRows * cellPixels.height;
      const drawn = await imageProcess.run({ kind: 'sixel', width, height, stripHeight }, bytes);
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        parts: sequencesIn(Buffer.from(drawn.bytes).toString('latin1')).map((strip, index) => ({
          row: index * stripRows,
          rows: Math.min(stripRows, cells.rows - index * stripRows),
          bytes: strip,
        })),
      };
    },
  };
}

/** A band that reached below the last row could scroll the screen. */
function wholeBands(height: number): number {
  return Math.max(bandHeight, height - (height % bandHeight));
}

function rowsOfStrip(cellHeight: number): number {
  let rows = minStripRows;
  while ((rows * cellHeight) % bandHeight !== 0) rows += 1;
  return rows;
}

/** Escape sequences, each with its end. */
function sequencesIn(text: string): string[] {
  return text.match(/\x1bP[^\x1b]*\x1b\\/g) ?? [];
}
