import { ChatError } from '../../shared/errors.js';
import { onAbort } from './on-abort.js';

/** Lets a few tasks run at once; the others wait their turn. */
export type Slots = {
  /**
   * Resolves, in order of asking, when there is a free slot; the returned function frees it again.
   * Rejects with the signal's reason when it aborts, and with `rate-limited` if too many wait.
   */
  take(signal: AbortSignal): Promise<() => void>;
};

/** `count` slots, and room for `maxWaiting` more to wait. */
export function createSlots(count: number, maxWaiting: number): Slots {
  const waiting = new Set<() => void>();
  let free = count;

  /** One slot's way back; a second call does nothing. */
  const slot = (): (() => void) => {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = waiting;
      if (next) next();
      else free++;
    };
  };

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return slot();
      }
      if (waiting.size >= maxWaiting) {
        throw new ChatError('rate-limited', 'too many searches at once', { retryAfterMs: 1000 });
      }
      return new Promise((resolve, reject) => {
        const start = (): void => {
          waiting.delete(start);
          forget();
          resolve(slot());
        };
        const forget = onAbort(signal, () => {
          waiting.delete(start);
          reject(signal.reason);
        });
        waiting.add(start);
      });
    },
  };
}
