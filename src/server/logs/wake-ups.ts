import { ChatError } from '../../shared/errors.js';

/** Readers that wait for the log to grow. Made for thousands of them at once. */
export type WakeUps = {
  /** Resolves once `wake` is called with a head above `sequence`; rejects with the signal's reason when it aborts. */
  wait(sequence: number, signal: AbortSignal): Promise<void>;
  /** Lets everyone go who waits for something at or below `head`. */
  wake(head: number): void;
  /** The same, but once a turn of the event loop and for the newest `head` of it: what comes together goes on together. */
  wakeSoon(head: number): void;
  /** Rejects every waiter, and every later one, with `shutting-down`. */
  close(): void;
};

type Waiter = { sequence: number; resolve: () => void; reject: (reason: unknown) => void };

/** Makes an empty waiting room. */
export function createWakeUps(): WakeUps {
  let waiting = new Map<AbortSignal, Waiter[]>();
  // One listener per signal, not per wait: adding and removing one at each message is what would cost.
  const heard = new WeakSet<AbortSignal>();
  let closed = false;
  let newest = 0;
  let wakeIsDue = false;

  const hear = (signal: AbortSignal): void => {
    if (heard.has(signal)) return;
    heard.add(signal);
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

  const wake = (head: number): void => {
    const before = waiting;
    waiting = new Map();
    for (const [signal, waiters] of before) {
      for (const waiter of waiters) {
        if (waiter.sequence < head) waiter.resolve();
        else add(signal, waiter);
      }
    }
  };

  return {
    async wait(sequence, signal) {
      signal.throwIfAborted();
      if (closed) throw closedError();
      hear(signal);
      await new Promise<void>((resolve, reject) => add(signal, { sequence, resolve, reject }));
    },
    wake,
    wakeSoon(head) {
      newest = head;
      if (wakeIsDue) return;
      wakeIsDue = true;
      setImmediate(() => {
        wakeIsDue = false;
        wake(newest);
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
