/** Bounds what is under way at once; the rest waits in order. */
export type InFlightLimiter = {
  /** Resolves, in the order of calling, when there is room for so many bytes; the returned function makes room again. */
  acquire(bytes: number): Promise<() => void>;
};

type Waiting = { readonly bytes: number; readonly acquire: () => void };

/** Makes an empty window. Something larger than `maxBytes` goes alone. */
export function createInFlightLimiter(maxCount: number, maxBytes: number): InFlightLimiter {
  let waiting: Waiting[] = [];
  // What stands in front of `first` has entered; it is cut off now and then, not one by one.
  let first = 0;
  let count = 0;
  let total = 0;

  const startNext = (): void => {
    for (let next = waiting[first]; next; next = waiting[first]) {
      if (count > 0 && (count >= maxCount || total + next.bytes > maxBytes)) break;
      first++;
      count++;
      total += next.bytes;
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
          total -= bytes;
          startNext();
        };
        waiting.push({ bytes, acquire: () => resolve(release) });
        startNext();
      });
    },
  };
}
