import { openImage, orDamaged } from './decode.js';
import type { CellPixels, CellSize } from './image-renderer.js';

/** Where the terminal has not told the size of a cell. */
export const defaultCellPixels: CellPixels = { width: 10, height: 20 };

/**
 * An image written anew as a PNG, no larger than its cells can show, base64. The terminal decodes what this
 * program has encoded, never what somebody sent.
 */
export async function picturePng(bytes: Uint8Array, cells: CellSize, pixels: CellPixels): Promise<string> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  const [width, height] = [cells.columns * pixels.width, cells.rows * pixels.height];
  const png = await orDamaged(
    pipeline.resize(width, height, { fit: 'fill', withoutEnlargement: true }).png().toBuffer(),
  );
  return png.toString('base64');
}
