/** So many milliseconds after it was made a signal is still given to others. */
const sharedFor = 200;

/**
 * Gives signals that abort after at most `milliseconds`, and at most a fifth of a second sooner: what begins at about
 * the same time shares one, since one each would cost more than what it bounds.
 */
export function createSharedTimeouts(milliseconds: number): () => AbortSignal {
  let newest: { readonly signal: AbortSignal; readonly madeAt: number } | undefined;

  return () => {
    const now = performance.now();
    if (!newest || now - newest.madeAt > sharedFor) {
      newest = { signal: AbortSignal.timeout(milliseconds), madeAt: now };
    }
    return newest.signal;
  };
}
