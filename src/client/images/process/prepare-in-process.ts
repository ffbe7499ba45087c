import { ChatError } from '../../../shared/errors.js';
import { checkImageHeader, imageSize } from '../decode/image-header.js';
import type { Attachment } from '../decode/prepare-image.js';
import type { ImageProcess } from './image-process.js';

/** `prepareImage` in the image process. `source`: the bytes, or the absolute path of a file. */
export async function prepareImageInProcess(
  imageProcess: ImageProcess,
  source: Uint8Array | string,
  maxBytes: number,
): Promise<Attachment> {
  const { bytes: png, scaled } = await run(imageProcess, source, maxBytes);
  const size = imageSize(png);
  if (!size) throw new ChatError('internal', 'the image decoder has failed');
  return { png, ...size, scaled };
}

async function run(imageProcess: ImageProcess, source: Uint8Array | string, maxBytes: number) {
  if (typeof source === 'string') {
    return imageProcess.run({ kind: 'prepare-file', path: source, maxBytes }, new Uint8Array());
  }
  // Rejects early what is not an image or too large.
  checkImageHeader(source);
  return imageProcess.run({ kind: 'prepare', maxBytes }, source);
}
