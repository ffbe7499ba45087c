import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { type PixelSize, pngSize } from '../../../shared/png.js';
import { checkDecodable, openImage, orDamaged } from './decode.js';
import { checkImageHeader, imageSize } from './image-header.js';

/** An image that can be sent as it is. */
export type Attachment = {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** True if it has fewer pixels than its source. */
  readonly scaled: boolean;
};

/**
 * Makes an image fit to send: a whole PNG of at most `maxBytes`, upright, without metadata (place, camera, texts),
 * of an animation the first frame. It keeps every pixel if it can; a PNG that is small enough keeps its very
 * image data. The work is done off the main thread.
 * @throws ChatError `message-refused` for what is no image that can be decoded, `message-too-large`.
 */
export async function prepareImage(bytes: Uint8Array, maxBytes: number): Promise<Attachment> {
  const plain = checkImageHeader(bytes) === 'png' ? plainPng(bytes, maxBytes) : undefined;
  if (plain) {
    await checkDecodable(plain);
    return attachment(plain, false);
  }
  const original = await uprightSize(bytes);
  let step: ScaleStep | undefined = { width: original.width, palette: false };
  while (step) {
    const png = await encode(bytes, step);
    if (png.length <= maxBytes) return attachment(png, step.width < original.width);
    step = nextScaleStep(step, maxBytes / png.length, original);
  }
  throw new ChatError('message-too-large', `the image does not fit into ${formatByteSize(maxBytes)}`);
}

async function encode(bytes: Uint8Array, { width, palette }: ScaleStep): Promise<Uint8Array> {
  const pipeline = (await openImage(bytes)).autoOrient().toColourspace('srgb');
  return orDamaged(pipeline.resize({ width, withoutEnlargement: true }).png({ palette }).toBuffer());
}

/** The size as it is seen, after its orientation tag. */
async function uprightSize(bytes: Uint8Array): Promise<PixelSize> {
  const pipeline = await openImage(bytes);
  return (await orDamaged(pipeline.metadata())).autoOrient;
}

function attachment(png: Uint8Array, scaled: boolean): Attachment {
  const size = imageSize(png);
  if (!size) throw new ChatError('internal', 'the encoder wrote no PNG');
  return { png, ...size, scaled };
}

/** One way of writing an image: how wide, and with how many colours. */
export type ScaleStep = { readonly width: number; readonly palette: boolean };

/** A wide image does not become narrower than this while anything else helps: text in it stays readable. */
export const readableWidth = 600;
/** Choosing 256 colours takes about a second for each million pixels; above this it is not tried. */
const maxPalettePixels = 2_000_000;
const minWidth = 16;
// A little under the estimate, so that the next try mostly fits.
const margin = 0.97;

/**
 * What to try after an image came out too large. A PNG's size goes with its number of pixels, so the next width
 * is estimated; at the readable width, fewer colours come before fewer pixels. Undefined: nothing is left.
 * @param last what was tried
 * @param ratio the bytes allowed divided by the bytes it took, below 1
 * @param original the image's own size in pixels
 */
export function nextScaleStep(
  last: ScaleStep,
  ratio: number,
  original: { readonly width: number; readonly height: number },
): ScaleStep | undefined {
  const estimate = Math.min(last.width - 1, Math.floor(last.width * Math.sqrt(ratio) * margin));
  const floor = original.width > readableWidth ? readableWidth : original.width;
  if (estimate >= floor) return { width: estimate, palette: last.palette };
  if (last.width > floor) return { width: floor, palette: last.palette };
  const height = (original.height * last.width) / original.width;
  if (!last.palette && last.width * height <= maxPalettePixels) return { width: last.width, palette: true };
  if (last.width <= minWidth) return undefined;
  return { width: Math.max(estimate, Math.min(minWidth, last.width - 1)), palette: last.palette };
}

// What an image needs to look the same (PNG specification, 11.3), and pHYs: the density, written by most tools.
const kept = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'pHYs']);
// Dropping these would change the image: a colour profile, an orientation. Such a PNG is decoded instead.
const needsDecoding = new Set(['iCCP', 'cICP', 'eXIf']);
const signatureLength = 8;

/**
 * The same image, bit for bit, without anything else: no texts, times, places, animation or unknown chunks, and
 * nothing after the end, where editors have been known to leave what was cropped. Undefined if that cannot be
 * had by leaving chunks out, if the file is malformed, or if over `maxBytes` would be left. Pixels are not decoded.
 */
export function plainPng(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  if (!pngSize(bytes)) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [file.subarray(0, signatureLength)];
  let length = signatureLength;
  for (let at = signatureLength; ;) {
    if (at + 12 > file.length) return undefined;
    // A chunk: length, type, data, checksum.
    const end = at + 12 + file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (end > file.length || needsDecoding.has(type)) return undefined;
    if (kept.has(type)) {
      parts.push(file.subarray(at, end));
      length += end - at;
      // Not copied then: that would take many milliseconds.
      if (length > maxBytes) return undefined;
    }
    if (type === 'IEND') return length === end ? file.subarray(0, end) : Buffer.concat(parts, length);
    at = end;
  }
}
