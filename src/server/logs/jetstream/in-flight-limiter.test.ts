import { expect, test } from '@jest/globals';
import { createInFlightLimiter } from './in-flight-limiter.js';

/** Acquires all sizes at once; records who entered, and how each leaves again. */
function enterAll(window: ReturnType<typeof createInFlightLimiter>, sizes: readonly number[]) {
  const entered: number[] = [];
  const leaves: (() => void)[] = [];
  sizes.forEach((size, index) => {
    void window.acquire(size).then((release) => {
      entered.push(index);
      leaves.push(release);
    });
  });
  return { entered, leaves };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a full limiter lets others wait, and in order as space is freed', async () => {
  const { entered, leaves } = enterAll(createInFlightLimiter(2, 1000), [1, 1, 1, 1]);
  await settled();
  expect(entered).toEqual([0, 1]);
  leaves[1]?.();
  await settled();
  expect(entered).toEqual([0, 1, 2]);
  leaves[0]?.();
  leaves[2]?.();
  await settled();
  expect(entered).toEqual([0, 1, 2, 3]);
});

test('bytes are limited too, and an item over the limit is in flight alone', async () => {
  const { entered, leaves } = enterAll(createInFlightLimiter(10, 100), [60, 60, 500, 1]);
  await settled();
  expect(entered).toEqual([0]);
  leaves[0]?.();
  await settled();
  expect(entered).toEqual([0, 1]);
  leaves[1]?.();
  await settled();
  expect(entered).toEqual([0, 1, 2]);
  leaves[2]?.();
  await settled();
  expect(entered).toEqual([0, 1, 2, 3]);
});

test('5,000 waiting items acquire in order', async () => {
  const window = createInFlightLimiter(1, 1000);
  const entered: number[] = [];
  await Promise.all(
    Array.from({ length: 5000 }, async (_, index) => {
      const release = await window.acquire(1);
      entered.push(index);
      release();
    }),
  );
  expect(entered).toEqual(Array.from({ length: 5000 }, (_, index) => index));
});
