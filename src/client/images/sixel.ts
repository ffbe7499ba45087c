import type { CellPixels, ImageRenderer } from './image-renderer.js';
import { pictureProcess } from './process/picture-process.js';

/** Draws with sixel, for terminals that told the size of a cell: unlike the other protocols it counts in pixels. */
export function sixelRenderer(cellPixels: CellPixels): ImageRenderer {
  return {
    async render(bytes, cells) {
      const width = cells.columns * cellPixels.width;
      const height = wholeBands(cells.rows * cellPixels.height);
      const drawn = await pictureProcess.run({ kind: 'sixel', width, height }, bytes);
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        overlay: Buffer.from(drawn.bytes).toString('latin1'),
      };
    },
  };
}

/** Sixel paints bands of six pixels; one that reached below the last row could scroll the screen. */
function wholeBands(height: number): number {
  return Math.max(6, height - (height % 6));
}
