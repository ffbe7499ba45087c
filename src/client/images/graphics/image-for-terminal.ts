import type { ImageProcess } from '../process/image-process.js';
import type { CellPixels, CellSize } from './image-renderer.js';

export const defaultCellPixels: CellPixels = { width: 10, height: 20 };

/** Re-encodes to base64, no larger than the cells show: the terminal never decodes bytes of other users. */
export async function encodeForTerminal(
  imageProcess: ImageProcess,
  kind: 'png' | 'smallest',
  bytes: Uint8Array,
  cells: CellSize,
  pixels: CellPixels,
): Promise<string> {
  const [width, height] = [cells.columns * pixels.width, cells.rows * pixels.height];
  const encoded = await imageProcess.run({ kind, width, height }, bytes);
  return Buffer.from(encoded.bytes.buffer, encoded.bytes.byteOffset, encoded.bytes.length).toString('base64');
}
