import { ChatError } from '../../shared/errors.js';

/** Readers that wait for the log to grow. Made for thousands of them at once. */
export type AppendSignal = {
  /**
   * Resolves at once if the head is above `sequence`, else when `notify` finds it there; rejects with the signal's reason
   * when that aborts.
   */
  readonly wait: (sequence: number, signal: AbortSignal) => Promise<void>;
  /** Lets everyone go who waits for something at or below the head. */
  notify(): void;
  /** The same, but once a turn of the event loop: what comes together continues together. */
  notifySoon(): void;
  /** Rejects every waiter, and every later one, with `shutting-down`. */
  close(): void;
};

type Waiter = { sequence: number; resolve: () => void; reject: (reason: unknown) => void };

/** Makes an empty waiting room for a log with this newest visible sequence. */
export function createAppendSignal(head: () => number): AppendSignal {
  let waiting = new Map<AbortSignal, Waiter[]>();
  // One listener per signal, not per wait: adding and removing one at each message is what would cost.
  const listenedTo = new WeakSet<AbortSignal>();
  let closed = false;
  let isNotifyDue = false;

  const listenTo = (signal: AbortSignal): void => {
    if (listenedTo.has(signal)) return;
    listenedTo.add(signal);
    signal.addEventListener(
      'abort',
      () => {
        const waiters = waiting.get(signal) ?? [];
        waiting.delete(signal);
        for (const waiter of waiters) waiter.reject(signal.reason);
      },
      { once: true },
    );
  };

  const add = (signal: AbortSignal, waiter: Waiter): void => {
    const others = waiting.get(signal);
    if (others) others.push(waiter);
    else waiting.set(signal, [waiter]);
  };

  const notify = (): void => {
    const reached = head();
    const before = waiting;
    waiting = new Map();
    for (const [signal, waiters] of before) {
      for (const waiter of waiters) {
        if (waiter.sequence < reached) waiter.resolve();
        else add(signal, waiter);
      }
    }
  };

  return {
    async wait(sequence, signal) {
      signal.throwIfAborted();
      if (sequence < head()) return;
      if (closed) throw closedError();
      listenTo(signal);
      await new Promise<void>((resolve, reject) => add(signal, { sequence, resolve, reject }));
    },
    notify,
    notifySoon() {
      if (isNotifyDue) return;
      isNotifyDue = true;
      setImmediate(() => {
        isNotifyDue = false;
        notify();
      });
    },
    close() {
      closed = true;
      const before = waiting;
      waiting = new Map();
      for (const waiters of before.values()) for (const waiter of waiters) waiter.reject(closedError());
    },
  };
}

function closedError(): ChatError {
  return new ChatError('shutting-down', 'the server is shutting down');
}
