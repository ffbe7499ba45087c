import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createRateLimit } from './rate-limit.js';

/** How many calls in a row are allowed, at most `most`. */
function takes(take: () => void, most = 1000): number {
  for (let count = 0; count < most; count++) {
    try {
      take();
    } catch {
      return count;
    }
  }
  return most;
}

describe('the rate limit', () => {
  test('allows a burst of five seconds, then its rate', async () => {
    const clock = manualClock();
    const limit = createRateLimit(20, clock);
    const take = () => limit.take('ann');
    expect(takes(take)).toBe(100);
    await clock.advance(1000);
    expect(takes(take)).toBe(20);
    await clock.advance(3_600_000);
    expect(takes(take)).toBe(100);
  });

  test('reports the delay until the next call is allowed', async () => {
    const clock = manualClock();
    const limit = createRateLimit(2, clock);
    takes(() => limit.take('ann'));
    const refusal = { code: 'rate-limited', retryAfterMs: 500 };
    expect(() => limit.take('ann')).toThrow(expect.objectContaining(refusal));
    await clock.advance(499);
    expect(() => limit.take('ann')).toThrow(expect.objectContaining({ retryAfterMs: 1 }));
    await clock.advance(1);
    expect(takes(() => limit.take('ann'))).toBe(1);
  });

  test.each([-3_600_000, 3_600_000])('ignores a wall clock that jumps by %d ms', (jump) => {
    const clock = manualClock();
    const limit = createRateLimit(2, clock);
    expect(takes(() => limit.take('ann'))).toBe(10);
    clock.jump(jump);
    const refusal = { code: 'rate-limited', retryAfterMs: 500 };
    expect(() => limit.take('ann')).toThrow(expect.objectContaining(refusal));
  });

  test('counts each user separately', () => {
    const limit = createRateLimit(1, manualClock());
    takes(() => limit.take('ann'));
    expect(takes(() => limit.take('bob'))).toBe(5);
  });

  test('of 0 limits nothing', () => {
    const limit = createRateLimit(0, manualClock());
    expect(takes(() => limit.take('ann'), 5000)).toBe(5000);
  });

  test('never allows more than its rate and one burst', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.record({ pause: fc.nat(3000), calls: fc.nat(100) }), { maxLength: 20 }),
        async (perSecond, bursts) => {
          const clock = manualClock();
          const start = clock.now();
          const limit = createRateLimit(perSecond, clock);
          let passed = 0;
          for (const { pause, calls } of bursts) {
            await clock.advance(pause);
            passed += takes(() => limit.take('ann'), calls);
            // A call that is less than a millisecond early is allowed.
            const elapsed = clock.now() - start + 1;
            expect(passed).toBeLessThanOrEqual(5 * perSecond + (elapsed * perSecond) / 1000);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
