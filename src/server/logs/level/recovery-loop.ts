import type { Clock } from '../../../shared/clock.js';

type RecoveryLoop = {
  start(): void;
  stop(): Promise<void>;
};

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
      // The cause was reported when the writes failed; every failure is retried.
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
