import type { ColourDepth } from '../terminal/colour-depth.js';
import { backdrop } from './backdrop.js';
import { drawHalfBlocks } from './block-worker.js';
import { compactSgr } from './compact-sgr.js';
import { openImage, orDamaged } from './decode.js';
import type { CellSize, ImageRenderer } from './image-renderer.js';

const chalkLevels = { '16': 1, '256': 2, truecolor: 3 } as const;

/**
 * Draws with the lower half block, two pixels a cell, in any terminal with colours; without them it would show
 * nothing but a bar. The depth that was settled for the terminal holds, whatever the environment says.
 */
export function halfBlockRenderer(depth: Exclude<ColourDepth, 'none'>): ImageRenderer {
  return {
    async render(bytes, cells) {
      const png = await scaleToCells(bytes, cells);
      const text = await drawHalfBlocks({ png, cells, chalkLevel: chalkLevels[depth] });
      return { rows: text.split('\n').map(compactSgr), columns: cells.columns };
    },
  };
}

/** The picture as a PNG of exactly one pixel a column and two a row. */
async function scaleToCells(bytes: Uint8Array, { columns, rows }: CellSize): Promise<Buffer> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline
      .resize(columns, rows * 2, { fit: 'fill' })
      .flatten({ background: backdrop })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}
