import type { PixelSize } from '../../../shared/png.js';
import { openImage, orDamaged } from '../decode/decode.js';

/** An image re-encoded as a PNG of at most so many pixels. */
export async function drawPng(bytes: Uint8Array, { width, height }: PixelSize): Promise<Uint8Array> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline.resize(width, height, { fit: 'fill', withoutEnlargement: true }).png().toBuffer(),
  );
}

/** A PNG of fewer bytes stays one: drawings and texts are crisp as PNG, and most of them are this small. */
const smallPng = 64 * 1024;
/** High enough that the difference is not seen at the size of a screen's pixels. */
const quality = 85;

/** An image of at most so many pixels: a PNG, or a JPEG where that takes at most half the bytes and nothing shines through. */
export async function drawSmallest(bytes: Uint8Array, size: PixelSize): Promise<Uint8Array> {
  const png = await drawPng(bytes, size);
  if (png.length <= smallPng) return png;
  const { isOpaque } = await orDamaged((await openImage(png)).stats());
  if (!isOpaque) return png;
  const jpeg = await orDamaged(
    (await openImage(png)).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer(),
  );
  return jpeg.length * 2 <= png.length ? jpeg : png;
}
