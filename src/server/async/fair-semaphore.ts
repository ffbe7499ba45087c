import { ChatError } from '../../shared/errors.js';
import { onAbort } from './on-abort.js';

/** Lets a few tasks run at once. Owners take turns, so that one with many tasks holds up nobody else for long. */
export type FairSemaphore = {
  /**
   * Resolves when it is this owner's turn; the returned function ends the turn. Rejects with the signal's reason when
   * it aborts, and with `rate-limited` if too many of this owner's tasks wait.
   */
  acquire(owner: string, signal: AbortSignal): Promise<() => void>;
};

type Waiter = () => void;

/** At most `maxRunning` tasks run at once, one of each owner; of each owner `maxWaiting` more wait. */
export function createFairSemaphore(maxRunning: number, maxWaiting: number): FairSemaphore {
  const running = new Set<string>();
  /** The tasks that wait, by owner. The owner who waited longest for a turn comes first. */
  const queues = new Map<string, Set<Waiter>>();

  const turn = (owner: string): (() => void) => {
    let ended = false;
    running.add(owner);
    return () => {
      if (ended) return;
      ended = true;
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
      queues.delete(owner);
      // Behind all others who wait.
      if (queue.size > 1) queues.set(owner, queue);
      waiter?.();
    }
  };

  return {
    async acquire(owner, signal) {
      signal.throwIfAborted();
      if (running.size < maxRunning && !running.has(owner) && queues.size === 0) return turn(owner);
      const queue = queues.get(owner) ?? new Set();
      if (queue.size >= maxWaiting)
        throw new ChatError('rate-limited', 'too many searches at once', { retryAfterMs: 1000 });
      queues.set(owner, queue);
      return new Promise((resolve, reject) => {
        const start: Waiter = () => {
          queue.delete(start);
          forget();
          resolve(turn(owner));
        };
        const forget = onAbort(signal, () => {
          remove(owner, start);
          reject(signal.reason);
        });
        queue.add(start);
        startNext();
      });
    },
  };
}
