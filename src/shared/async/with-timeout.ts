import { systemClock, type Clock } from '../clock.js';

/**
 * Runs a task with a signal that aborts when the given one does, or after `timeoutMs`. Use it instead of
 * `AbortSignal.any` with an `AbortSignal.timeout`, whose timer may be garbage collected (nodejs/node#57736).
 */
export async function withTimeout<Result>(
  timeoutMs: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const timeout = new AbortController();
  const cancel = clock.after(timeoutMs, () => timeout.abort());
  try {
    return await task(AbortSignal.any([signal, timeout.signal]));
  } finally {
    cancel();
  }
}

/** The promise's result, or undefined after `timeoutMs`; a later result is ignored. */
export async function raceTimeout<Result>(
  timeoutMs: number,
  promise: Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result | undefined> {
  let cancel = (): void => undefined;
  const timedOut = new Promise<undefined>((resolve) => {
    cancel = clock.after(timeoutMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, timedOut]);
  } finally {
    cancel();
  }
}
