import type { Clock } from '../../shared/clock.js';

/** Tells listeners that something changed. */
export type Notifier = {
  subscribe(listener: () => void): () => void;
  /** Tells them now. */
  now(): void;
  /** Tells them now if the last time is long enough ago, else once that is so, however often it is called. */
  soon(): void;
  stop(): void;
};

/** A notifier that runs `publish` before each round, and spaces `soon` by `interval` milliseconds. */
export function createNotifier(clock: Clock, interval: number, publish: () => void): Notifier {
  const listeners = new Set<() => void>();
  let last = -Infinity;
  let cancel: (() => void) | undefined;

  function now(): void {
    cancel?.();
    cancel = undefined;
    last = clock.monotonicMs();
    publish();
    for (const listener of [...listeners]) listener();
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now,
    soon() {
      const wait = last + interval - clock.monotonicMs();
      if (wait <= 0) now();
      else cancel ??= clock.after(wait, now);
    },
    stop() {
      cancel?.();
      listeners.clear();
    },
  };
}
