import { createSignal } from './signal.js';

/** A value that can be watched for changes. */
export type Observable<Value> = {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  /** Resolves when the value differs from `seen`; rejects with the signal's reason when it aborts. */
  readonly changed: (seen: Value, signal: AbortSignal) => Promise<void>;
};

/** Creates an observable with a first value. */
export function createObservable<Value>(initial: Value): Observable<Value> {
  let current = initial;
  const change = createSignal();

  return {
    get: () => current,
    set(value) {
      if (value === current) return;
      current = value;
      change.notify();
    },
    async changed(seen, signal) {
      signal.throwIfAborted();
      if (current === seen) await change.wait(signal);
    },
  };
}
