import type { Clock } from '../../../shared/clock.js';

/** Tries to get well, again and again. */
export type RecoveryLoop = {
  /** Begins to try, unless it does already. */
  start(): void;
  /** Ends it; resolves when a try under way has ended. */
  stop(): Promise<void>;
};

/** From one try to the next, in milliseconds. */
export const recoveryIntervalMs = 1000;

/** Calls `attempt` every `recoveryIntervalMs` from `start` until it succeeds. */
export function createRecoveryLoop(clock: Clock, attempt: () => Promise<void>): RecoveryLoop {
  let cancel: (() => void) | undefined;
  let trying: Promise<void> = Promise.resolve();
  let running = false;
  let stopped = false;

  const tryOnce = async (): Promise<void> => {
    try {
      await attempt();
      running = false;
    } catch {
      // Its reason was reported when the writes failed; the next try is due whatever this one's was.
      schedule();
    }
  };

  const schedule = (): void => {
    if (stopped) return;
    cancel = clock.after(recoveryIntervalMs, () => {
      trying = tryOnce();
    });
  };

  return {
    start() {
      if (running) return;
      running = true;
      schedule();
    },
    async stop() {
      stopped = true;
      cancel?.();
      await trying;
    },
  };
}
