import { systemClock, type Clock } from '../../src/shared/clock.js';

/** A clock that runs `factor` times as fast, to shorten timeouts in tests. */
export function fastClock(factor: number): Clock {
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * factor,
    after: (milliseconds, task) => systemClock.after(milliseconds / factor, task),
  };
}
