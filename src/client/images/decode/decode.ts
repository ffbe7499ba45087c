import type { default as sharpFactory, Sharp } from 'sharp';
import { ChatError } from '../../../shared/errors.js';
import { maxImagePixels } from '../../../shared/message-rules.js';
import { checkImageHeader, checkPixels, damagedImage } from './image-header.js';

/** Behind transparent pixels: on mid-grey both black and white drawings can be seen, whatever the terminal's theme. */
export const background = { r: 128, g: 128, b: 128 };

/** No step on an image takes longer: an honest one of 40 megapixels takes a few. */
const defaultTimeoutSeconds = 20;

/**
 * A pipeline that decodes an image's first frame off the main thread, bounded in pixels and time.
 * @param timeLimit in seconds; what takes longer rejects, and `orDamaged` says so
 * @throws ChatError as `checkImageHeader` does.
 */
export async function openImage(bytes: Uint8Array, timeLimit = defaultTimeoutSeconds): Promise<Sharp> {
  const kind = checkImageHeader(bytes);
  const sharp = await loadSharp();
  const pipeline = sharp(bytes, {
    limitInputPixels: maxImagePixels,
    // Incomplete images are refused; mere oddities of the program that wrote the file are not.
    failOn: 'error',
  }).timeout({ seconds: timeLimit });
  // Metadata is in the header: nothing is decoded, so there is nothing to bound yet.
  if (kind === 'tiff') checkPixels(await orDamaged(sharp(bytes, { limitInputPixels: false }).metadata()));
  return pipeline;
}

/** Throws `message-refused` unless every pixel of the image can be decoded. */
export async function checkDecodable(bytes: Uint8Array): Promise<void> {
  const pipeline = await openImage(bytes);
  // The smallest output that still needs the whole input.
  await orDamaged(pipeline.resize(1, 1, { fit: 'fill' }).raw().toBuffer());
}

/** The result; `message-refused`, or `timed-out`, instead of whatever the decoder threw. */
export async function orDamaged<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    // "timeout: 42% complete": the only way to tell.
    if (String(error).includes('timeout:')) {
      throw new ChatError('timed-out', 'the image is too slow to decode', { cause: error });
    }
    throw damagedImage(error);
  }
}

let loaded: Promise<typeof sharpFactory> | undefined;

/**
 * The decoder, with every loader off that this program does not need: SVG, PDF, HEIF and the rest never see
 * bytes from other people. Loaded on first use, since loading it takes a good part of the start-up time.
 */
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
    // No image is decoded twice in a row, so the cache would only hold memory.
    sharp.cache(false);
    // Threads an image. Two images at a time may be worked on, and typing must go on meanwhile.
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}
