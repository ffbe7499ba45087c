import type { ImageRenderer } from './image-renderer.js';
import type { BlockDepth } from './process/picture-job.js';
import { pictureProcess } from './process/picture-process.js';

/**
 * Draws with the lower half block, two pixels a cell, in any terminal with colours; without them it would show
 * nothing but a bar. The depth that was settled for the terminal holds, whatever the environment says.
 */
export function halfBlockRenderer(depth: BlockDepth): ImageRenderer {
  return {
    async render(bytes, cells) {
      const drawn = await pictureProcess.run({ kind: 'half-blocks', cells, depth }, bytes);
      return { rows: Buffer.from(drawn.bytes).toString().split('\n'), columns: cells.columns };
    },
  };
}
