import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import { backoff, reconnectDelay } from './backoff.js';

test.each([
  [1, 500, 1000],
  [2, 1000, 2000],
  [5, 8000, 16_000],
  [6, 15_000, 30_000],
  [2000, 15_000, 30_000],
])('attempt %d comes after %d to %d ms', (attempt, least, most) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const delay = backoff(attempt, random);
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(most);
    }),
  );
});

test.each([
  ['at most 500 ms while there are untried servers', { attempt: 2, others: 2 }, 250],
  ['the backoff after all servers were tried', { attempt: 3, others: 2 }, 3000],
  ['at least the delay that the server requests', { attempt: 1, others: 2, retryAfterMs: 5000 }, 5000],
  ['at most 30 s of a requested delay', { attempt: 1, others: 0, retryAfterMs: 3_600_000 }, 30_000],
])(
  'a reconnect waits %s',
  (_, { retryAfterMs, ...loss }: { attempt: number; others: number; retryAfterMs?: number }, delay) => {
    const reason = new ChatError('unreachable', 'gone', retryAfterMs === undefined ? {} : { retryAfterMs });
    expect(reconnectDelay({ ...loss, reason }, 0.5)).toBe(delay);
  },
);
