import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoff } from './backoff.js';

test.each([
  [1, 500, 1000],
  [2, 1000, 2000],
  [5, 8000, 16_000],
  [6, 15_000, 30_000],
  [2000, 15_000, 30_000],
])('attempt %d comes after %d to %d ms', (attempt, least, most) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
      const delay = backoff(attempt, chance);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(most);
    }),
  );
});
