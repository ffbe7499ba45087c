import type { PixelSize } from '../../../shared/png.js';
import { openImage, orDamaged } from '../decode.js';

/** An image written anew as a PNG of at most so many pixels. */
export async function drawPng(bytes: Uint8Array, { width, height }: PixelSize): Promise<Uint8Array> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline.resize(width, height, { fit: 'fill', withoutEnlargement: true }).png().toBuffer(),
  );
}
