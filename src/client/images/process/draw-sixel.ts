import { introducer, FINALIZER, sixelEncode } from 'sixel';
import type { PixelSize } from '../../../shared/png.js';
import { background, openImage, orDamaged } from '../decode/decode.js';

const maxColours = 256;
const pixelBytes = 4;

type Strips = PixelSize & { readonly stripHeight: number };

/** Returns a sixel sequence for each strip, from the top. */
export async function drawSixel(bytes: Uint8Array, { width, height, stripHeight }: Strips): Promise<string> {
  const scaled = (await openImage(bytes)).toColourspace('srgb').resize(width, height, { fit: 'fill' });
  const fewColours = scaled.flatten({ background: background }).png({ palette: true, colours: maxColours });
  const decoded = await openImage(await orDamaged(fewColours.toBuffer()));
  const pixels = await orDamaged(decoded.toColourspace('srgb').ensureAlpha().raw().toBuffer());
  const stripBytes = stripHeight * width * pixelBytes;
  let drawn = '';
  for (let from = 0; from < pixels.length; from += stripBytes) {
    drawn += encode(pixels.subarray(from, from + stripBytes), width);
  }
  return drawn;
}

function encode(pixels: Uint8Array, width: number): string {
  // A copy, since the encoder ignores the offset of an array in its buffer.
  const strip = new Uint8ClampedArray(pixels);
  // The encoder's own choice of colours (sixel 0.16) fails if two are equal.
  const colours = [...new Set(new Uint32Array(strip.buffer))];
  return introducer() + sixelEncode(strip, width, strip.length / width / pixelBytes, colours) + FINALIZER;
}
