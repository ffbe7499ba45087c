import { introducer, FINALIZER, sixelEncode } from 'sixel';
import type { PixelSize } from '../../../shared/png.js';
import { backdrop } from '../backdrop.js';
import { openImage, orDamaged } from '../decode.js';

const maxColours = 256;

/** An image as a sixel sequence of exactly so many pixels. */
export async function drawSixel(bytes: Uint8Array, { width, height }: PixelSize): Promise<string> {
  const scaled = (await openImage(bytes)).toColourspace('srgb').resize(width, height, { fit: 'fill' });
  const fewColours = scaled.flatten({ background: backdrop }).png({ palette: true, colours: maxColours });
  const decoded = await openImage(await orDamaged(fewColours.toBuffer()));
  // A copy that is no Buffer: the encoder reads one from the start of what it is a part of.
  const pixels = new Uint8Array(
    await orDamaged(decoded.toColourspace('srgb').ensureAlpha().raw().toBuffer()),
  );
  // Its colours are chosen here: those that the encoder chooses by itself (0.16) go wrong where two are the same.
  const colours = [...new Set(new Uint32Array(pixels.buffer))];
  return introducer() + sixelEncode(new Uint8ClampedArray(pixels.buffer), width, height, colours) + FINALIZER;
}
