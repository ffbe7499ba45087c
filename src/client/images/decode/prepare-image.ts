import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { type PixelSize, pngSize } from '../../../shared/png.js';
import { checkDecodable, openImage, orDamaged } from './decode.js';
import { checkImageHeader, imageSize } from './image-header.js';

/** An image ready to send. */
export type Attachment = {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly scaled: boolean;
};

/** Converts the first frame to an upright PNG of at most `maxBytes`, without metadata and in full size if possible. */
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

async function uprightSize(bytes: Uint8Array): Promise<PixelSize> {
  const pipeline = await openImage(bytes);
  return (await orDamaged(pipeline.metadata())).autoOrient;
}

function attachment(png: Uint8Array, scaled: boolean): Attachment {
  const size = imageSize(png);
  if (!size) throw new ChatError('internal', 'the encoder wrote no PNG');
  return { png, ...size, scaled };
}

/** Width and colours of one encoding. */
export type ScaleStep = { readonly width: number; readonly palette: boolean };

/** Text in an image stays readable at this width; an image gets narrower only if nothing else helps. */
export const readableWidth = 600;
/** Choosing 256 colours takes about a second per million pixels. */
const maxPalettePixels = 2_000_000;
const minWidth = 16;
const margin = 0.97;

/** The next encoding to try, if any: bytes grow with pixels. `ratio`: allowed bytes by bytes of the last encoding. */
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

// Chunks that affect the look (PNG specification, 11.3), and pHYs: the density, which most tools write.
const kept = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'pHYs']);
// A colour profile or an orientation affects the look, so such a PNG is decoded.
const needsDecoding = new Set(['iCCP', 'cICP', 'eXIf']);
const signatureLength = 8;

/** Strips metadata, and bytes after the end, where editors left cropped parts. Undefined if the PNG must be decoded. */
export function plainPng(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  if (!pngSize(bytes)) return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [file.subarray(0, signatureLength)];
  let length = signatureLength;
  for (let at = signatureLength; ;) {
    if (at + 12 > file.length) return undefined;
    const end = at + 12 + file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (end > file.length || needsDecoding.has(type)) return undefined;
    if (kept.has(type)) {
      parts.push(file.subarray(at, end));
      length += end - at;
      // Checked before the copy, which takes many milliseconds.
      if (length > maxBytes) return undefined;
    }
    if (type === 'IEND') return length === end ? file.subarray(0, end) : Buffer.concat(parts, length);
    at = end;
  }
}
