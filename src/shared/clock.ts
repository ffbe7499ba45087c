/** A port, so that rules about time are tested without waiting. */
export type Clock = {
  /** Wall-clock milliseconds since 1970. May jump: only for display and for what must survive a restart. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back, but may stop while the machine sleeps. For durations. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
