import type { Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { appendTimeoutMs, maxWaitingBytes, tooManyWaiting, unwritable } from '../appender.js';

/** Collects items so that one flush serves many. */
export type GroupCommit<Item, Result> = {
  /** Resolves when the item's group is written; rejects with `store-unavailable` within `appendTimeoutMs`. */
  add(item: Item): Promise<Result>;
  /** Why items are rejected: from a failed write until `resume`, and while a write is stuck. */
  problem(): string | undefined;
  isStuck(): boolean;
  resume(): void;
  /** Rejects further items with `shutting-down` and resolves when the others are answered. */
  close(): Promise<void>;
};

type GroupCommitOptions<Item, Result> = {
  readonly clock: Clock;
  /** Why it cannot write at first. */
  readonly failedBecause?: unknown;
  /** Describes a failed write to users; undefined: it does not return. */
  readonly describe: (error: unknown) => string;
  readonly sizeOf: (item: Item) => number;
  /** Writes a group and returns a result for each item; not called again until it has settled. */
  readonly write: (group: readonly Item[]) => Promise<readonly Result[]>;
  /** Items are rejected until `resume`. */
  readonly onFailed: (error: unknown) => void;
  /** A write is overdue; it may still succeed or fail. */
  readonly onStuck: () => void;
  /** The overdue write succeeded: items are accepted again. */
  readonly onUnstuck: () => void;
};

/** Limits of a group, so that no write takes long; a larger item is written alone. */
const maxGroupCount = 1000;
const maxGroupBytes = 8 * 1024 * 1024;

type Waiting<Item, Result> = {
  readonly item: Item;
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: ChatError) => void;
};

/** Writes together what is added in one turn of the event loop, or during a write. */
export function createGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> {
  const { clock, failedBecause, describe, sizeOf, write, onFailed, onStuck, onUnstuck } = options;
  let queue: Waiting<Item, Result>[] = [];
  let queuedBytes = 0;
  let state: 'open' | 'stuck' | 'failed' = failedBecause === undefined ? 'open' : 'failed';
  let problem = describe(failedBecause);
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

  const rejectAll = (group: readonly Waiting<Item, Result>[], cause: unknown): void => {
    problem = describe(cause);
    const error = unwritable(problem, cause);
    for (const { reject } of [...group, ...queue]) reject(error);
    queue = [];
    queuedBytes = 0;
  };

  const writeGroup = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    const oldest = group[0]?.since ?? clock.monotonicMs();
    const cancel = clock.after(Math.max(0, appendTimeoutMs - (clock.monotonicMs() - oldest)), () => {
      state = 'stuck';
      rejectAll(group, undefined);
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
      rejectAll(group, error);
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
      startSoon();
    });
  };

  /** At the end of this turn of the event loop, so that the group has all of its items. */
  const startSoon = (): void => {
    if (isDue || writing || queue.length === 0) return;
    isDue = true;
    setImmediate(start);
  };

  return {
    add(item) {
      if (closed) return Promise.reject(new ChatError('shutting-down', 'the server is shutting down'));
      if (state !== 'open') return Promise.reject(unwritable(problem));
      const size = sizeOf(item);
      if (queuedBytes + size > maxWaitingBytes) return Promise.reject(unwritable(tooManyWaiting));
      queuedBytes += size;
      return new Promise((resolve, reject) => {
        queue.push({ item, since: clock.monotonicMs(), resolve, reject });
        startSoon();
      });
    },
    problem: () => (closed ? 'it is shutting down' : state === 'open' ? undefined : problem),
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
