import { systemClock, type Clock } from '../shared/clock.js';

/**
 * Runs a task with a signal that aborts when the given one does, or after so many milliseconds. Instead of
 * `AbortSignal.any` with an `AbortSignal.timeout`, which never aborts once its timer was garbage collected (nodejs/node#57736).
 */
export async function withDeadline<Result>(
  milliseconds: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const late = new AbortController();
  const cancel = clock.after(milliseconds, () => late.abort());
  try {
    return await task(AbortSignal.any([signal, late.signal]));
  } finally {
    cancel();
  }
}
