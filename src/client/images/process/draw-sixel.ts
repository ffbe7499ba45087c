import { image2sixel } from 'sixel';
import type { PixelSize } from '../../../shared/png.js';
import { backdrop } from '../backdrop.js';
import { openImage, orDamaged } from '../decode.js';

const maxColours = 256;

/** An image as a sixel sequence of exactly so many pixels. */
export async function drawSixel(bytes: Uint8Array, { width, height }: PixelSize): Promise<string> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb').resize(width, height, { fit: 'fill' });
  const pixels = await orDamaged(pipeline.flatten({ background: backdrop }).ensureAlpha().raw().toBuffer());
  // A copy that is no Buffer: the encoder reads one from the start of what it is a part of.
  return image2sixel(new Uint8Array(pixels), width, height, maxColours);
}
