import { onAbort } from './on-abort.js';

/** A value that others wait for to change. */
export type ChangingValue<Value> = {
  readonly get: () => Value;
  set(value: Value): void;
  /** Resolves when the value is no longer `seen`; rejects with the signal's reason when it aborts. */
  readonly changed: (seen: Value, signal: AbortSignal) => Promise<void>;
};

/** Holds `first` until another is set. */
export function createChangingValue<Value>(first: Value): ChangingValue<Value> {
  let current = first;
  const waiting = new Set<() => void>();

  return {
    get: () => current,
    set(value) {
      if (value === current) return;
      current = value;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    async changed(seen, signal) {
      signal.throwIfAborted();
      if (current !== seen) return;
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          forget();
          resolve();
        };
        const forget = onAbort(signal, () => {
          waiting.delete(wake);
          reject(signal.reason);
        });
        waiting.add(wake);
      });
    },
  };
}
