import type { Clock } from '../clock.js';
import { onAbort } from './on-abort.js';

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts. */
export async function delay(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const cancel = clock.after(delayMs, () => {
      unsubscribe();
      resolve();
    });
    const unsubscribe = onAbort(signal, () => {
      cancel();
      reject(signal.reason);
    });
  });
}

/** Resolves after `delayMs` or when the signal aborts, whichever is first. For loops that check the signal themselves. */
export async function delayUntilAborted(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(delayMs, () => {
      unsubscribe();
      resolve();
    });
    const unsubscribe = onAbort(signal, () => {
      cancel();
      resolve();
    });
  });
}
