import type { Clock } from '../../shared/clock.js';

/** Notifies listeners of changes. */
export type Notifier = {
  subscribe(listener: () => void): () => void;
  /** Notifies immediately. */
  now(): void;
  /** Notifies now if the last notification was at least `interval` ago, otherwise once at that time. */
  soon(): void;
  stop(): void;
};

/** Runs `publish` before each notification. `interval` in milliseconds. */
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
