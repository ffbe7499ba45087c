import { imageProcess } from '../process/image-process.js';
import type { CellPixels, CellSize } from './image-renderer.js';

/** Where the terminal has not reported its cell size. */
export const defaultCellPixels: CellPixels = { width: 10, height: 20 };

/**
 * An image re-encoded, no larger than its cells can show, base64: `png` or whichever is `smallest`. The terminal decodes
 * what this program has encoded, never what somebody sent.
 */
export async function encodeForTerminal(
  kind: 'png' | 'smallest',
  bytes: Uint8Array,
  cells: CellSize,
  pixels: CellPixels,
): Promise<string> {
  const [width, height] = [cells.columns * pixels.width, cells.rows * pixels.height];
  const encoded = await imageProcess.run({ kind, width, height }, bytes);
  return Buffer.from(encoded.bytes.buffer, encoded.bytes.byteOffset, encoded.bytes.length).toString('base64');
}
