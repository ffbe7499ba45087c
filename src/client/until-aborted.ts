/** What a promise gives, or undefined when the signal aborts first. For what does not listen to a signal itself. */
export async function untilAborted<Result>(
  signal: AbortSignal,
  result: Promise<Result>,
): Promise<Result | undefined> {
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([aborted, result]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
