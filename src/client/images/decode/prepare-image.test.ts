import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadSharp } from './decode.js';
import {
  nextScaleStep,
  readableWidth,
  type ScaleStep,
  plainPng as limitedPlainPng,
} from './prepare-image.js';

/** All steps for a picture that takes `bytesPerPixel` (a third of that with 256 colours), the last one fits or is the last. */
function stepsFor(
  original: { width: number; height: number },
  bytesPerPixel: number,
  max: number,
): ScaleStep[] {
  const steps: ScaleStep[] = [];
  let step: ScaleStep | undefined = { width: original.width, palette: false };
  while (step) {
    steps.push(step);
    const pixels = step.width * Math.max(1, (original.height * step.width) / original.width);
    const bytes = 60 + (pixels * bytesPerPixel) / (step.palette ? 3 : 1);
    if (bytes <= max) return steps;
    step = nextScaleStep(step, max / bytes, original);
  }
  return steps;
}

test('a photograph of 4000×3000 fits into 4 MB at the second try', () => {
  const steps = stepsFor({ width: 4000, height: 3000 }, 2.6, 4_000_000);
  expect(steps).toHaveLength(2);
  expect(steps[1]?.width).toBeGreaterThan(1200);
});

test('at the readable width, fewer colours come before fewer pixels', () => {
  expect(stepsFor({ width: 4000, height: 3000 }, 3, 300_000)).toEqual([
    { width: 4000, palette: false },
    { width: readableWidth, palette: false },
    { width: readableWidth, palette: true },
  ]);
});

test('a picture that was never readable wide is scaled all the same', () => {
  const steps = stepsFor({ width: 300, height: 30_000 }, 3, 1_000_000);
  expect(steps.at(-1)).toMatchObject({ palette: false });
  expect(steps.at(-1)?.width).toBeLessThan(300);
});

test('it always ends, after few tries, each one smaller than the one before', () => {
  const side = fc.integer({ min: 1, max: 20_000 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 4_000_000 }), (width, height, max) => {
      const steps = stepsFor({ width, height }, 3, max);
      expect(steps.length).toBeLessThan(25);
      steps.slice(1).forEach((step, index) => {
        const last = steps[index];
        const narrower = step.width < (last?.width ?? 0) && step.palette === last?.palette;
        const fewerColours = step.width === last?.width && step.palette && !last.palette;
        expect(narrower || fewerColours).toBe(true);
        expect(step.width).toBeGreaterThan(0);
      });
    }),
  );
});

const plainPng = (bytes: Uint8Array) => limitedPlainPng(bytes, 1_000_000);

async function png(): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp({ create: { width: 8, height: 8, channels: 4, background: 'teal' } })
    .png()
    .toBuffer();
}

/** A chunk with a checksum of 0: nothing here reads checksums. */
function chunk(type: string, data: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${type}${data}\0\0\0\0`, 'latin1');
  bytes.writeUInt32BE(data.length);
  return bytes;
}

/** The PNG with more chunks after its IHDR, which ends at byte 33. */
function withChunks(file: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, 33), ...chunks, file.subarray(33)]);
}

test('a PNG without metadata comes out as it went in', async () => {
  const file = await png();
  expect(plainPng(file)).toEqual(file);
});

test.each(['tEXt', 'iTXt', 'zTXt', 'tIME', 'acTL', 'caBX', 'prVt'])(
  'a %s chunk is left out and nothing else changes',
  async (type) => {
    const file = await png();
    expect(plainPng(withChunks(file, chunk(type, 'GPS 48.1 N 11.5 E')))).toEqual(file);
  },
);

test('what stands after the end is cut off', async () => {
  const file = await png();
  expect(plainPng(Buffer.concat([file, Buffer.from('<script>the cropped part</script>')]))).toEqual(file);
});

test('density and gamma stay', async () => {
  const file = withChunks(
    await png(),
    chunk('gAMA', '\0\0\xb1\x8f'),
    chunk('pHYs', '\0\0\x0b\x13\0\0\x0b\x13\x01'),
  );
  expect(plainPng(file)).toEqual(file);
});

test.each(['iCCP', 'eXIf', 'cICP'])('a PNG whose looks depend on %s must be decoded', async (type) => {
  expect(plainPng(withChunks(await png(), chunk(type, 'data')))).toBeUndefined();
});

test('a PNG that stops in the middle, or is none, is not taken for one', async () => {
  const file = await png();
  for (let length = 0; length < file.length; length++)
    expect(plainPng(file.subarray(0, length))).toBeUndefined();
  expect(plainPng(Buffer.from('hello'))).toBeUndefined();
});

test('what would be left may be exactly as large as it is allowed to be', async () => {
  const file = await png();
  const withText = withChunks(file, chunk('tEXt', 'this does not count'));
  expect(limitedPlainPng(withText, file.length)).toEqual(file);
  expect(limitedPlainPng(withText, file.length - 1)).toBeUndefined();
});
