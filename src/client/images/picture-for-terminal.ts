import type { CellPixels, CellSize } from './image-renderer.js';
import { pictureProcess } from './process/picture-process.js';

/** Where the terminal has not told the size of a cell. */
export const defaultCellPixels: CellPixels = { width: 10, height: 20 };

/**
 * An image written anew as a PNG, no larger than its cells can show, base64. The terminal decodes what this
 * program has encoded, never what somebody sent.
 */
export async function picturePng(bytes: Uint8Array, cells: CellSize, pixels: CellPixels): Promise<string> {
  const [width, height] = [cells.columns * pixels.width, cells.rows * pixels.height];
  const png = await pictureProcess.run({ kind: 'png', width, height }, bytes);
  return Buffer.from(png.bytes.buffer, png.bytes.byteOffset, png.bytes.length).toString('base64');
}
