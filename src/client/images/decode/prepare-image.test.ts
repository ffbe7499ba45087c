import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadSharp } from './decode.js';
import {
  nextScaleStep,
  readableWidth,
  type ScaleStep,
  plainPng as limitedPlainPng,
} from './prepare-image.js';

/** The steps for an image of `bytesPerPixel`, or a third of that with 256 colours. */
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

test('a photograph of 4000×3000 fits into 4 MB at the second step', () => {
  const steps = stepsFor({ width: 4000, height: 3000 }, 2.6, 4_000_000);
  expect(steps).toHaveLength(2);
  expect(steps[1]?.width).toBeGreaterThan(1200);
});

test('at the readable width, the next step reduces colours before pixels', () => {
  expect(stepsFor({ width: 4000, height: 3000 }, 3, 300_000)).toEqual([
    { width: 4000, palette: false },
    { width: readableWidth, palette: false },
    { width: readableWidth, palette: true },
  ]);
});

test('an image narrower than the readable width is scaled, too', () => {
  const steps = stepsFor({ width: 300, height: 30_000 }, 3, 1_000_000);
  expect(steps.at(-1)).toMatchObject({ palette: false });
  expect(steps.at(-1)?.width).toBeLessThan(300);
});

test('the steps end after a few tries, each smaller than the last', () => {
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

/** With a checksum of 0, since checksums are not read. */
function chunk(type: string, data: string): Buffer {
  const bytes = Buffer.from(`\0\0\0\0${type}${data}\0\0\0\0`, 'latin1');
  bytes.writeUInt32BE(data.length);
  return bytes;
}

/** Adds chunks after the IHDR, which ends at byte 33. */
function withChunks(file: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, 33), ...chunks, file.subarray(33)]);
}

test('plainPng returns a PNG without metadata unchanged', async () => {
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

test('plainPng removes bytes after the end', async () => {
  const file = await png();
  expect(plainPng(Buffer.concat([file, Buffer.from('<script>the cropped part</script>')]))).toEqual(file);
});

test('plainPng keeps density and gamma', async () => {
  const file = withChunks(
    await png(),
    chunk('gAMA', '\0\0\xb1\x8f'),
    chunk('pHYs', '\0\0\x0b\x13\0\0\x0b\x13\x01'),
  );
  expect(plainPng(file)).toEqual(file);
});

test.each(['iCCP', 'eXIf', 'cICP'])('plainPng rejects a PNG whose look depends on %s', async (type) => {
  expect(plainPng(withChunks(await png(), chunk(type, 'data')))).toBeUndefined();
});

test('plainPng rejects a truncated PNG and other bytes', async () => {
  const file = await png();
  for (let length = 0; length < file.length; length++)
    expect(plainPng(file.subarray(0, length))).toBeUndefined();
  expect(plainPng(Buffer.from('hello'))).toBeUndefined();
});

test('plainPng accepts a result of exactly the maximum size', async () => {
  const file = await png();
  const withText = withChunks(file, chunk('tEXt', 'this does not count'));
  expect(limitedPlainPng(withText, file.length)).toEqual(file);
  expect(limitedPlainPng(withText, file.length - 1)).toBeUndefined();
});
