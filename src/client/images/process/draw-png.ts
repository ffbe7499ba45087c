import type { PixelSize } from '../../../shared/png.js';
import { openImage, orDamaged } from '../decode/decode.js';

export async function drawPng(bytes: Uint8Array, { width, height }: PixelSize): Promise<Uint8Array> {
  const pipeline = (await openImage(bytes)).toColourspace('srgb');
  return orDamaged(
    pipeline.resize(width, height, { fit: 'fill', withoutEnlargement: true }).png().toBuffer(),
  );
}

/** A smaller PNG stays one: drawings and text are crisp as PNG, and most are this small. */
const maxSmallPngBytes = 64 * 1024;
/** Artefacts are invisible at the size of a screen's pixels. */
const jpegQuality = 85;

export async function drawSmallest(bytes: Uint8Array, size: PixelSize): Promise<Uint8Array> {
  const png = await drawPng(bytes, size);
  if (png.length <= maxSmallPngBytes) return png;
  const { isOpaque } = await orDamaged((await openImage(png)).stats());
  if (!isOpaque) return png;
  const jpeg = await orDamaged(
    (await openImage(png)).jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' }).toBuffer(),
  );
  return jpeg.length * 2 <= png.length ? jpeg : png;
}
