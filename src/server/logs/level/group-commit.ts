import type { Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { appendTimeoutMs, maxWaitingBytes, unwritable } from '../append-limits.js';

/** Gathers what is to be written, so that one flush serves many. */
export type GroupCommit<Item, Result> = {
  /** Resolves when the item's group is written; rejects with `store-unavailable` within `appendTimeoutMs`. */
  add(item: Item): Promise<Result>;
  /** False from a failed or stuck write until `resume`, or until the stuck write ended well after all. */
  accepts(): boolean;
  /** True while a write has not answered in time. */
  isStuck(): boolean;
  /** Takes items again after a failed write. */
  resume(): void;
  /** Refuses every further item with `shutting-down` and resolves when the others are answered. */
  close(): Promise<void>;
};

/** How a group is written. */
export type GroupCommitOptions<Item, Result> = {
  readonly clock: Clock;
  /** Nothing is taken until `resume`, as after a write that failed. */
  readonly startsFailed?: boolean;
  readonly sizeOf: (item: Item) => number;
  /** Writes a group and answers with a result for each; called again only when it has settled. */
  readonly write: (group: readonly Item[]) => Promise<readonly Result[]>;
  /** A write failed: nothing is taken until `resume`. */
  readonly onFailed: (error: unknown) => void;
  /** A write has not answered in time, and may still do either. */
  readonly onStuck: () => void;
  /** A stuck write ended well: items are taken again. */
  readonly onUnstuck: () => void;
};

/** A group is closed at this many items or bytes, so that no write becomes long; a larger item goes alone. */
const maxGroupCount = 1000;
const maxGroupBytes = 8 * 1024 * 1024;

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ChatError) => void;
};

/**
 * Makes an empty group. Items of one turn of the event loop are written together, and so are those that
 * come while a write is under way; results are given in the order of `add`.
 */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> {
  const { clock, startsFailed = false, sizeOf, write, onFailed, onStuck, onUnstuck } = options;
  let queue: Waiting<Item, Result>[] = [];
  let queuedBytes = 0;
  let state: 'open' | 'stuck' | 'failed' = startsFailed ? 'failed' : 'open';
  let closed = false;
  let isDue = false;
  let writing: Promise<void> | undefined;
  let answered: () => void = () => undefined;

  const takeGroup = (): Waiting<Item, Result>[] => {
    let bytes = 0;
    let count = 0;
    for (const { item } of queue) {
      const size = sizeOf(item);
      if (count === maxGroupCount || (count > 0 && bytes + size > maxGroupBytes)) break;
      bytes += size;
      count++;
    }
    queuedBytes -= bytes;
    return queue.splice(0, count);
  };

  const refuse = (group: readonly Waiting<Item, Result>[], cause: unknown): void => {
    const error = unwritable(cause);
    for (const { reject } of [...group, ...queue]) reject(error);
    queue = [];
    queuedBytes = 0;
  };

  const writeGroup = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    const oldest = group[0]?.since ?? clock.monotonicMs();
    const cancel = clock.after(Math.max(0, appendTimeoutMs - (clock.monotonicMs() - oldest)), () => {
      state = 'stuck';
      refuse(group, undefined);
      onStuck();
      answered();
    });
    try {
      const results = await write(group.map(({ item }) => item));
      results.forEach((result, index) => group[index]?.resolve(result));
      if (state === 'stuck') {
        state = 'open';
        onUnstuck();
      }
    } catch (error) {
      state = 'failed';
      refuse(group, error);
      onFailed(error);
    } finally {
      cancel();
    }
  };

  const writeAll = async (): Promise<void> => {
    while (queue.length > 0) await writeGroup(takeGroup());
  };

  const start = (): void => {
    isDue = false;
    writing = writeAll().finally(() => {
      writing = undefined;
      answered();
      // What was added between the last look at the queue and this moment.
      startSoon();
    });
  };

  /** At the end of this turn of the event loop, so that all of its items are in the group. */
  const startSoon = (): void => {
    if (isDue || writing || queue.length === 0) return;
    isDue = true;
    setImmediate(start);
  };

  return {
    add(item) {
      if (closed) return Promise.reject(new ChatError('shutting-down', 'the server is shutting down'));
      if (state !== 'open') return Promise.reject(unwritable(undefined));
      const size = sizeOf(item);
      if (queuedBytes + size > maxWaitingBytes) return Promise.reject(unwritable(undefined));
      queuedBytes += size;
      return new Promise((resolve, reject) => {
        queue.push({ item, since: clock.monotonicMs(), resolve, reject });
        startSoon();
      });
    },
    accepts: () => state === 'open' && !closed,
    isStuck: () => state === 'stuck',
    resume() {
      state = 'open';
    },
    async close() {
      closed = true;
      while (queue.length > 0 || (writing && state !== 'stuck')) {
        await new Promise<void>((resolve) => (answered = resolve));
      }
    },
  };
}
