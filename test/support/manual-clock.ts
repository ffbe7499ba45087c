import type { Clock } from '../../src/shared/clock.js';

/** A clock that moves only when told. */
export type ManualClock = Clock & {
  /** Moves on, running each timer at its time, and lets what waits on promises run in between. */
  advance(milliseconds: number): Promise<void>;
  /** How many timers are set. */
  pending(): number;
  /** Sets the wall clock forward, or back where negative; monotonic time and timers do not notice. */
  jump(milliseconds: number): void;
};

/** Starts at `start`, in milliseconds since 1970. */
export function manualClock(start = 1_800_000_000_000): ManualClock {
  let time = 0;
  let wallOffset = start;
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

/** Lets every promise that can go on do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
