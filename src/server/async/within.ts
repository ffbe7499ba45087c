import type { Clock } from '../../shared/clock.js';

/** Waits for a task, but no longer than so many milliseconds. True: it has ended; what it rejects with is thrown. */
export async function within(milliseconds: number, task: Promise<unknown>, clock: Clock): Promise<boolean> {
  let cancel = (): void => undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    cancel = clock.after(milliseconds, () => resolve(false));
  });
  try {
    return await Promise.race([task.then(() => true), tooLate]);
  } finally {
    cancel();
  }
}
