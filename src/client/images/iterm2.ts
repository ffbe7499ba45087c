import type { CellPixels, ImageRenderer } from './image-renderer.js';
import { encodedPicture } from './picture-for-terminal.js';

/**
 * Draws with iTerm2's inline images, which WezTerm and mintty know as well. They take pictures of any kind, whole, each
 * time that they are drawn: so a large one goes as a JPEG.
 */
export function iterm2Renderer(cellPixels: CellPixels): ImageRenderer {
  return {
    async render(bytes, cells) {
      const payload = await encodedPicture('smallest', bytes, cells, cellPixels);
      const size = Buffer.byteLength(payload, 'base64');
      const options = `inline=1;size=${size};width=${cells.columns};height=${cells.rows};preserveAspectRatio=0`;
      const drawn = `\x1b]1337;File=${options};doNotMoveCursor=1:${payload}\x07`;
      return {
        rows: Array<string>(cells.rows).fill(' '.repeat(cells.columns)),
        columns: cells.columns,
        parts: [{ row: 0, rows: cells.rows, bytes: drawn }],
      };
    },
  };
}
