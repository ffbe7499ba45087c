import type { Sharp } from 'sharp';
import type { PixelSize } from '../../../shared/png.js';
import { loadSharp, openImage, orDamaged } from '../decode/decode.js';

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

type Strips = PixelSize & { readonly strips: number };

/** Strips of equal height as base64, from the top, one on each line. */
export async function drawSmallest(bytes: Uint8Array, { width, height, strips }: Strips): Promise<string> {
  const scaled = (await openImage(bytes)).toColourspace('srgb').resize(width, height, { fit: 'fill' });
  const { data, info } = await orDamaged(scaled.raw().toBuffer({ resolveWithObject: true }));
  const sharp = await loadSharp();
  const { channels } = info;
  const stripHeight = height / strips;
  const stripBytes = stripHeight * width * channels;
  const open = (index: number) =>
    sharp(data.subarray(index * stripBytes, (index + 1) * stripBytes), {
      raw: { width, height: stripHeight, channels },
    });
  const encodeAll = (encode: (strip: Sharp) => Promise<Buffer>) =>
    Promise.all(Array.from({ length: strips }, (_, index) => encode(open(index))));
  const png = await encodeAll((strip) => strip.png().toBuffer());
  const isOpaque =
    channels === 3 ||
    (await Promise.all(png.map(async (one) => (await sharp(one).stats()).isOpaque))).every(Boolean);
  if (sizeOf(png) <= maxSmallPngBytes || !isOpaque) return asLines(png);
  const jpeg = await encodeAll((strip) =>
    strip.jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' }).toBuffer(),
  );
  return asLines(sizeOf(jpeg) * 2 <= sizeOf(png) ? jpeg : png);
}

function sizeOf(strips: readonly Buffer[]): number {
  return strips.reduce((size, { length }) => size + length, 0);
}

function asLines(strips: readonly Buffer[]): string {
  return strips.map((strip) => strip.toString('base64')).join('\n');
}
