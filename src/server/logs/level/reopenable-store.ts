import { ChatError } from '../../../shared/errors.js';
import type { OrderedStore } from './ordered-store.js';

/** A store that can be closed and opened again while it is used. */
export type ReopenableStore = OrderedStore & {
  /** Waits for calls in flight; new ones wait. If it fails, calls reject with `store-unavailable` until it succeeds. */
  reopen(): Promise<void>;
};

/** `open` opens the database again for `reopen`. */
export function createReopenableStore(
  opened: OrderedStore,
  open: () => Promise<OrderedStore>,
): ReopenableStore {
  let current: OrderedStore | undefined = opened;
  let gate: Promise<void> = Promise.resolve();
  const inFlight = new Set<Promise<unknown>>();

  const use = async <Result>(task: (store: OrderedStore) => Promise<Result>): Promise<Result> => {
    await gate;
    if (!current)
      throw new ChatError('store-unavailable', 'the message store cannot be opened at the moment');
    const result = task(current);
    inFlight.add(result);
    try {
      return await result;
    } finally {
      inFlight.delete(result);
    }
  };

  const replace = async (): Promise<void> => {
    await Promise.allSettled(inFlight);
    const before = current;
    current = undefined;
    await before?.close();
    current = await open();
  };

  return {
    write: (operations, how) => use((store) => store.write(operations, how)),
    // Undefined while there is no store: then nothing can be appended either.
    get: (key) => current?.get(key),
    read: (key) => use((store) => store.read(key)),
    scan: (options, take) => use((store) => store.scan(options, take)),
    texts: (range) => use((store) => store.texts(range)),
    diskBytes: (range) => use((store) => store.diskBytes(range)),
    compact: (range) => use((store) => store.compact(range)),
    async close() {
      await gate;
      await Promise.allSettled(inFlight);
      const before = current;
      current = undefined;
      await before?.close();
    },
    reopen() {
      const replaced = replace();
      gate = replaced.catch(() => undefined);
      return replaced;
    },
  };
}
