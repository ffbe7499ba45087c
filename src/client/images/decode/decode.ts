import type { default as sharpFactory, Sharp } from 'sharp';
import { ChatError } from '../../../shared/errors.js';
import { maxImagePixels } from '../../../shared/message-rules.js';
import { checkImageHeader, checkPixels, damagedImage } from './image-header.js';

/** Behind transparent pixels: black and white drawings are both visible on mid-grey. */
export const background = { r: 128, g: 128, b: 128 };

/** Decoding 40 megapixels takes a few seconds. */
const defaultTimeoutSeconds = 20;

/** Decodes the first frame off the main thread, bounded in pixels and time. Throws like `checkImageHeader`. */
export async function openImage(bytes: Uint8Array, timeoutSeconds = defaultTimeoutSeconds): Promise<Sharp> {
  const kind = checkImageHeader(bytes);
  const sharp = await loadSharp();
  const pipeline = sharp(bytes, {
    limitInputPixels: maxImagePixels,
    // Rejects incomplete images, but accepts oddities of the program that wrote the file.
    failOn: 'error',
  }).timeout({ seconds: timeoutSeconds });
  // Reading the metadata decodes no pixels.
  if (kind === 'tiff') checkPixels(await orDamaged(sharp(bytes, { limitInputPixels: false }).metadata()));
  return pipeline;
}

export async function checkDecodable(bytes: Uint8Array): Promise<void> {
  const pipeline = await openImage(bytes);
  // The smallest output that needs the whole input.
  await orDamaged(pipeline.resize(1, 1, { fit: 'fill' }).raw().toBuffer());
}

/** Maps an error of the decoder to `message-refused` or `timed-out`. */
export async function orDamaged<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    // sharp has no error code for it: "timeout: 42% complete".
    if (String(error).includes('timeout:')) {
      throw new ChatError('timed-out', 'the image is too slow to decode', { cause: error });
    }
    throw damagedImage(error);
  }
}

let loaded: Promise<typeof sharpFactory> | undefined;

/** Loads sharp on first use, only with the loaders of accepted kinds: the others must not see untrusted bytes. */
export function loadSharp(): Promise<typeof sharpFactory> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: [
        'VipsForeignLoadPng',
        'VipsForeignLoadJpeg',
        'VipsForeignLoadWebp',
        'VipsForeignLoadNsgif',
        'VipsForeignLoadTiff',
      ],
    });
    sharp.cache(false);
    // One thread per image: typing must stay responsive.
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
