/** Time as a port, so that rules about time are tested without waiting. */
export type Clock = {
  /**
   * Wall-clock time in milliseconds since 1970. It may jump in either direction, so it is only for display and for
   * what must survive a restart.
   */
  now(): number;
  /**
   * Milliseconds since some moment before the first call; never goes back and never jumps. For durations within
   * this process. It may stop while the machine sleeps.
   */
  monotonicMs(): number;
  /** Runs `task` once after `milliseconds`; the returned function cancels it. */
  after(milliseconds: number, task: () => void): () => void;
};

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};
