import { onAbort } from './on-abort.js';

/** Wakes all waiters. */
export type Signal = {
  /** Resolves at the next `notify`; rejects with the reason of `aborted` when that aborts. */
  readonly wait: (aborted: AbortSignal) => Promise<void>;
  readonly notify: () => void;
};

/** Creates a signal without waiters. */
export function createSignal(): Signal {
  const waiters = new Set<() => void>();

  return {
    async wait(aborted) {
      aborted.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          unsubscribe();
          resolve();
        };
        const unsubscribe = onAbort(aborted, () => {
          waiters.delete(wake);
          reject(aborted.reason);
        });
        waiters.add(wake);
      });
    },
    notify() {
      for (const wake of waiters) wake();
      waiters.clear();
    },
  };
}
