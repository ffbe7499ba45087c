import { backdrop } from './backdrop.js';
import { openImage, orDamaged } from './decode.js';
import { encodeSixel } from './encode-sixel.js';
import type { CellPixels, ImageRenderer } from './image-renderer.js';

/** Draws with sixel, for terminals that told the size of a cell: unlike the other protocols it counts in pixels. */
export function sixelRenderer(cellPixels: CellPixels): ImageRenderer {
  return {
    async render(bytes, cells) {
      const width = cells.columns * cellPixels.width;
      const height = wholeBands(cells.rows * cellPixels.height);
      const pipeline = (await openImage(bytes)).toColourspace('srgb').resize(width, height, { fit: 'fill' });
      const pixels = await orDamaged(
        pipeline.flatten({ background: backdrop }).ensureAlpha().raw().toBuffer(),
      );
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        overlay: await encodeSixel(pixels, width, height),
      };
    },
  };
}

/** Sixel paints bands of six pixels; one that reached below the last row could scroll the screen. */
function wholeBands(height: number): number {
  return Math.max(6, height - (height % 6));
}
