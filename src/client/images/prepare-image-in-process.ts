import { ChatError } from '../../shared/errors.js';
import { checkImageHeader, imageSize } from './image-header.js';
import type { Attachment } from './prepare-image.js';
import { pictureProcess } from './process/picture-process.js';

/** `prepareImage` in the process for pictures, for a program in which somebody types. */
export async function prepareImageInProcess(bytes: Uint8Array, maxBytes: number): Promise<Attachment> {
  // What is no image at all, or too large, does not even go there.
  checkImageHeader(bytes);
  const { bytes: png, scaled } = await pictureProcess.run({ kind: 'prepare', maxBytes }, bytes);
  const size = imageSize(png);
  if (!size) throw new ChatError('internal', 'the image decoder has failed');
  return { png, ...size, scaled };
}
