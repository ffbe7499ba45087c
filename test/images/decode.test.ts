import { expect, test } from '@jest/globals';
import { openImage, orDamaged, loadSharp } from '../../src/client/images/decode/decode.js';

const sharp = await loadSharp();

async function png(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

test('work on a picture that takes longer than it may is stopped, and called slow, not damaged', async () => {
  const pipeline = await openImage(await png(3000, 3000), 1);
  // Minutes of work.
  const result = orDamaged(pipeline.median(99).raw().toBuffer());
  await expect(result).rejects.toMatchObject({
    code: 'timed-out',
    message: 'the image is too slow to decode',
  });
});

test('what cannot be decoded is called damaged', async () => {
  const whole = await png(100, 100);
  const pipeline = await openImage(whole.subarray(0, whole.length - 20));
  await expect(orDamaged(pipeline.raw().toBuffer())).rejects.toMatchObject({
    code: 'message-refused',
    message: 'the image is damaged',
  });
});
