import type { Clock } from '../../shared/clock.js';
import { onAbort } from './on-abort.js';

/** Resolves after so many milliseconds; rejects with the signal's reason when it aborts. */
export async function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(milliseconds, () => {
      forget();
      resolve();
    });
    const forget = onAbort(signal, () => {
      cancel();
      reject(signal.reason);
    });
  });
}
