import { onAbort } from './on-abort.js';

/** The promise's result, or undefined if the signal aborts first. For operations that take no signal themselves. */
export async function raceAbort<Result>(
  signal: AbortSignal,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  let unsubscribe = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    unsubscribe = onAbort(signal, () => resolve(undefined));
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    unsubscribe();
  }
}
