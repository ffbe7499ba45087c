import type { Clock } from '../../shared/clock.js';

/** Notifies listeners of changes. */
export type Notifier = {
  subscribe(listener: () => void): () => void;
  now(): void;
  /** Notifies at once, or when the interval since the last notification is over. */
  soon(): void;
  stop(): void;
};

/** Calls `publish` before each notification. */
export function createNotifier(clock: Clock, intervalMs: number, publish: () => void): Notifier {
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
      const waitMs = last + intervalMs - clock.monotonicMs();
      if (waitMs <= 0) now();
      else cancel ??= clock.after(waitMs, now);
    },
    stop() {
      cancel?.();
      listeners.clear();
    },
  };
}
