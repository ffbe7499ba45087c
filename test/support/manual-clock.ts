import type { Clock } from '../../src/shared/clock.js';

/** A clock that moves only by `advance` and `jump`. */
export type ManualClock = Clock & {
  /** Advances the time, runs each timer at its time, and lets promises settle in between. */
  advance(milliseconds: number): Promise<void>;
  /** The number of timers that are set. */
  pending(): number;
  /** Moves only the wall clock, forward or (if negative) back; not the monotonic time and the timers. */
  jump(milliseconds: number): void;
};

export function manualClock(startMs = 1_800_000_000_000): ManualClock {
  let time = 0;
  let wallOffset = startMs;
  const timers = new Set<{ at: number; task: () => void }>();

  return {
    now: () => wallOffset + time,
    monotonicMs: () => time,
    after(milliseconds, task) {
      const timer = { at: time + milliseconds, task };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        await settled();
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        timers.delete(next);
        time = next.at;
        next.task();
      }
      time = end;
      await settled();
    },
    pending: () => timers.size,
    jump(milliseconds) {
      wallOffset += milliseconds;
    },
  };
}

/** Waits until the pending promises have settled. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
