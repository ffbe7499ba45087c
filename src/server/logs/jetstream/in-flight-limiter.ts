/** Limits what is in flight; the rest waits in order. */
export type InFlightLimiter = {
  /** Resolves in call order once there is space for `bytes`; the returned function frees it again. */
  acquire(bytes: number): Promise<() => void>;
};

type Waiting = { readonly bytes: number; readonly acquire: () => void };

/** Something larger than `maxBytes` is in flight alone. */
export function createInFlightLimiter(maxCount: number, maxBytes: number): InFlightLimiter {
  let waiting: Waiting[] = [];
  // Everything before `first` has started; it is cut off in blocks, not one by one.
  let first = 0;
  let count = 0;
  let totalBytes = 0;

  const startNext = (): void => {
    for (let next = waiting[first]; next; next = waiting[first]) {
      if (count > 0 && (count >= maxCount || totalBytes + next.bytes > maxBytes)) break;
      first++;
      count++;
      totalBytes += next.bytes;
      next.acquire();
    }
    if (first === waiting.length || first > 1024) {
      waiting = waiting.slice(first);
      first = 0;
    }
  };

  return {
    acquire(bytes) {
      return new Promise((resolve) => {
        const release = (): void => {
          count--;
          totalBytes -= bytes;
          startNext();
        };
        waiting.push({ bytes, acquire: () => resolve(release) });
        startNext();
      });
    },
  };
}
