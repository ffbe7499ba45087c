import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextScaleStep, readableWidth, type ScaleStep } from './scale-steps.js';

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
