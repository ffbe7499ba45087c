import { expect, test } from '@jest/globals';
import { openImage, orDamaged, loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();

async function png(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

test('decoding beyond the timeout is stopped and reported as slow, not damaged', async () => {
  const pipeline = await openImage(await png(3000, 3000), 1);
  // Minutes of work.
  const result = orDamaged(pipeline.median(99).raw().toBuffer());
  await expect(result).rejects.toMatchObject({
    code: 'timed-out',
    message: 'the image is too slow to decode',
  });
});

test('an image that cannot be decoded is reported as damaged', async () => {
  const whole = await png(100, 100);
  const pipeline = await openImage(whole.subarray(0, whole.length - 20));
  await expect(orDamaged(pipeline.raw().toBuffer())).rejects.toMatchObject({
    code: 'message-refused',
    message: 'the image is damaged',
  });
});
