import { onAbort } from './on-abort.js';

/** Runs a limited number of tasks at a time. Owners take turns: one with many tasks does not delay others for long. */
export type FairSemaphore = {
  /** Resolves to a function that ends the turn. Rejects on abort, and with `whenFull()` beyond `maxWaiting`. */
  acquire(owner: string, signal: AbortSignal): Promise<() => void>;
};

/** How many tasks run and wait. */
export type FairSemaphoreLimits = {
  /** At a time, one of each owner. */
  readonly maxRunning: number;
  /** For each owner. */
  readonly maxWaiting: number;
  readonly whenFull: () => Error;
};

type Waiter = () => void;

/** A semaphore with no tasks. */
export function createFairSemaphore({
  maxRunning,
  maxWaiting,
  whenFull,
}: FairSemaphoreLimits): FairSemaphore {
  const running = new Set<string>();
  /** The waiting tasks by owner, the owner who has waited longest first. */
  const queues = new Map<string, Set<Waiter>>();

  const startTurn = (owner: string): (() => void) => {
    let isOver = false;
    running.add(owner);
    return () => {
      if (isOver) return;
      isOver = true;
      running.delete(owner);
      startNext();
    };
  };
  const remove = (owner: string, waiter: Waiter): void => {
    const queue = queues.get(owner);
    queue?.delete(waiter);
    if (queue?.size === 0) queues.delete(owner);
  };
  const startNext = (): void => {
    for (const [owner, queue] of queues) {
      if (running.size >= maxRunning) return;
      if (running.has(owner)) continue;
      const [waiter] = queue;
      // The rest of the queue moves behind all other owners.
      queues.delete(owner);
      if (queue.size > 1) queues.set(owner, queue);
      waiter?.();
    }
  };

  return {
    async acquire(owner, signal) {
      signal.throwIfAborted();
      if (running.size < maxRunning && !running.has(owner) && queues.size === 0) return startTurn(owner);
      const queue = queues.get(owner) ?? new Set();
      if (queue.size >= maxWaiting) throw whenFull();
      queues.set(owner, queue);
      return new Promise((resolve, reject) => {
        const start: Waiter = () => {
          queue.delete(start);
          unsubscribe();
          resolve(startTurn(owner));
        };
        const unsubscribe = onAbort(signal, () => {
          remove(owner, start);
          reject(signal.reason);
        });
        queue.add(start);
        startNext();
      });
    },
  };
}
