import { imageDimensionsFromData } from 'image-dimensions';
import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { maxImagePixels } from '../../../shared/message-rules.js';
import { pngSize, type PixelSize } from '../../../shared/png.js';

/** The kinds of image that can be sent, after conversion to PNG. */
export type ImageKind = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff';

/** Twice a 24-bit screenshot of two 4K screens. */
export const maxSourceBytes = 64 * 1024 * 1024;

// A JPEG's frame header may follow several segments of metadata, each of at most 64 KiB.
const headerBytes = 1024 * 1024;
const sniffedBytes = 256;

export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif';
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'tiff';
  return undefined;
}

/** From the header alone, before orientation. Undefined for TIFF, whose header can be anywhere. */
export function imageSize(bytes: Uint8Array): PixelSize | undefined {
  const kind = imageKind(bytes);
  if (kind === undefined || kind === 'tiff') return undefined;
  if (kind === 'png') return pngSize(bytes);
  const found = imageDimensionsFromData(bytes.subarray(0, headerBytes));
  if (!found || found.width < 1 || found.height < 1) return undefined;
  return { width: found.width, height: found.height };
}

/** Decodes nothing. Throws `message-refused`, or `message-too-large` over `maxSourceBytes`. */
export function checkImageHeader(bytes: Uint8Array): ImageKind {
  if (bytes.length > maxSourceBytes) {
    throw new ChatError(
      'message-too-large',
      `the image is ${formatByteSize(bytes.length)}: over ${formatByteSize(maxSourceBytes)}`,
    );
  }
  const kind = imageKind(bytes);
  if (kind === undefined) throw foreignKind(bytes);
  const size = imageSize(bytes);
  if (size) checkPixels(size);
  else if (kind !== 'tiff') throw damagedImage();
  return kind;
}

export function checkPixels({ width, height }: PixelSize): void {
  if (width * height <= maxImagePixels) return;
  throw new ChatError(
    'message-refused',
    `the image is ${width}×${height}: over ${maxImagePixels / 1e6} megapixels`,
    { hint: 'Scale it down first.' },
  );
}

export function damagedImage(cause?: unknown): ChatError {
  return new ChatError('message-refused', 'the image is damaged', { cause });
}

function foreignKind(bytes: Uint8Array): ChatError {
  const hint = 'Convert it to PNG first.';
  if (bytes.length === 0) return new ChatError('message-refused', 'the image is empty');
  const name = foreignName(Buffer.from(bytes.subarray(0, sniffedBytes)).toString('latin1'));
  return name === undefined
    ? new ChatError('message-refused', 'this is not a PNG, JPEG, WebP, GIF or TIFF image')
    : new ChatError('message-refused', `${name} images cannot be sent`, { hint });
}

function foreignName(head: string): string | undefined {
  if (head.startsWith('BM')) return 'BMP';
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(head)) return 'SVG';
  if (head.startsWith('%PDF-')) return 'PDF';
  if (head.startsWith('ftyp', 4)) return /^(avif|avis)/.test(head.slice(8)) ? 'AVIF' : 'HEIC';
  return undefined;
}
