import { ChatError } from '../../shared/errors.js';

/** Readers that wait for the log to grow. Built for thousands of them. */
export type AppendSignal = {
  /** Resolves once the head is above `sequence`; rejects with the signal's reason when that aborts. */
  readonly wait: (sequence: number, signal: AbortSignal) => Promise<void>;
  /** Resolves every wait for a sequence below the head. */
  notify(): void;
  /** As `notify`, but at most once per turn of the event loop: appends that come together wake readers once. */
  notifySoon(): void;
  /** Rejects every present and later wait with `shutting-down`. */
  close(): void;
};

type Waiter = { sequence: number; resolve: () => void; reject: (reason: unknown) => void };

/** `head` is the newest visible sequence. */
export function createAppendSignal(head: () => number): AppendSignal {
  let waiting = new Map<AbortSignal, Waiter[]>();
  // One listener per signal instead of one per wait: adding and removing one per message would be expensive.
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
