import { systemClock, type Clock } from '../../src/shared/clock.js';

/** A clock on which time passes `factor` times as fast, for timeouts that a test would wait for. */
export function fastClock(factor: number): Clock {
  return {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * factor,
    after: (milliseconds, task) => systemClock.after(milliseconds / factor, task),
  };
}
