import { ChatError } from '../../shared/errors.js';
import { formatByteSize } from '../../shared/byte-size.js';
import type { PixelSize } from '../../shared/png.js';
import { checkDecodable, openImage, orDamaged } from './decode.js';
import { checkImageHeader, imageSize } from './image-header.js';
import { plainPng } from './plain-png.js';
import { nextScaleStep, type ScaleStep } from './scale-steps.js';

/** A picture that can be sent as it is. */
export type Attachment = {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** True if it has fewer pixels than its source. */
  readonly scaled: boolean;
};

/**
 * Makes a picture fit to send: a whole PNG of at most `maxBytes`, upright, without metadata (place, camera, texts),
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
