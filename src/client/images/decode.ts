import type { Sharp } from 'sharp';
import { ChatError } from '../../shared/errors.js';
import { maxImagePixels } from '../../shared/message-rules.js';
import { checkImageHeader, checkPixels, damagedImage } from './image-header.js';
import { loadSharp } from './sharp-settings.js';

/** No step on an image takes longer: an honest one of 40 megapixels takes a few. */
const usualTimeLimit = 20;

/**
 * A pipeline that decodes an image's first frame off the main thread, bounded in pixels and time.
 * @param timeLimit in seconds; what takes longer rejects, and `orDamaged` says so
 * @throws ChatError as `checkImageHeader` does.
 */
export async function openImage(bytes: Uint8Array, timeLimit = usualTimeLimit): Promise<Sharp> {
  const kind = checkImageHeader(bytes);
  const sharp = await loadSharp();
  const pipeline = sharp(bytes, {
    limitInputPixels: maxImagePixels,
    // Incomplete pictures are refused; mere oddities of the program that wrote the file are not.
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

/** The result; `message-refused`, or `timed-out`, in place of whatever the decoder threw. */
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
