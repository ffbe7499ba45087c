import type { Clock } from '../../../shared/clock.js';
import { allChanges, allErased, del, entryRange, keyNumber, readNumbers } from './level-records.js';
import { mentionKeys } from './mention-records.js';
import { isDamage, type KeyRange, type OrderedStore, type Pair } from './ordered-store.js';

/** Removes the last copies of what was replaced or deleted. */
export type Erasure = {
  /** Call once there are records of erased entries. */
  readonly schedule: () => void;
  /** Resolves when the current work is done. */
  stop(): Promise<void>;
};

type ErasureOptions = {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly onFailed: (error: unknown) => void;
};

/** Half a day, so that it has happened within a day even if it fails once. */
export const eraseAfterMs = 12 * 60 * 60 * 1000;
const retryAfterMs = 60 * 60 * 1000;
const minAfterStartMs = 60_000;
/** Rewriting the entries between two that are this near costs less than a rewrite of its own. */
const maxJoinDistance = 10_000;
const recordsPerRun = 100_000;

/** LevelDB keeps what was overwritten until it rewrites that part of its files. */
export function startErasure({ store, clock, onFailed }: ErasureOptions): Erasure {
  let cancel: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();
  let isStopped = false;

  const erase = async (): Promise<void> => {
    const records: Pair[] = [];
    await store.scan(allErased, (record) => records.push(record) < recordsPerRun);
    if (records.length === 0) return;
    for (const range of rangesOf(records.map(([key]) => keyNumber(key)))) {
      if (isStopped) return;
      await rewrite(store, range);
    }
    // What was erased again meanwhile has a new time.
    const isSame = ([key, time]: Pair): boolean => Buffer.compare(store.get(key) ?? time, time) === 0;
    await store.write(records.filter(isSame).map(([key]) => del(key)));
    for (const range of [allChanges, mentionKeys.all]) await rewrite(store, range);
    if (records.length >= recordsPerRun) after(retryAfterMs);
  };

  const after = (delayMs: number): void => {
    if (cancel || isStopped) return;
    cancel = clock.after(delayMs, () => {
      cancel = undefined;
      running = erase().catch((error: unknown) => {
        onFailed(error);
        after(retryAfterMs);
      });
    });
  };

  /** A time in the future is of a clock that was wrong. */
  const resume = async (): Promise<void> => {
    let oldest = Infinity;
    await store.scan(allErased, ([, value]) => {
      oldest = Math.min(oldest, readNumbers(value, 1)?.[0] ?? 0);
      return true;
    });
    if (oldest === Infinity) return;
    const ageMs = Math.max(0, clock.now() - oldest);
    after(Math.max(minAfterStartMs, eraseAfterMs - ageMs));
  };
  running = resume().catch((error: unknown) => {
    if (!isDamage(error)) onFailed(error);
  });

  return {
    schedule: () => after(eraseAfterMs),
    async stop() {
      isStopped = true;
      cancel?.();
      await running;
    },
  };
}

/**
 * The first compaction writes what is in memory to a file, perhaps with the old value, at the lowest level. Only a newer
 * file that overlaps with it, such as one of removals of keys that do not exist, makes the second one rewrite it.
 */
async function rewrite(store: OrderedStore, range: KeyRange): Promise<void> {
  await store.compact(range);
  await store.write([range.from, range.to].map((key) => del(Uint8Array.of(...key, 0))));
  await store.compact({ from: range.from, to: Uint8Array.of(...range.to, 1) });
}

/** The sequences ascend. */
function rangesOf(sequences: readonly number[]): KeyRange[] {
  const runs: { from: number; to: number }[] = [];
  for (const sequence of sequences) {
    const run = runs.at(-1);
    if (run && sequence <= run.to + maxJoinDistance) run.to = sequence;
    else runs.push({ from: sequence, to: sequence });
  }
  return runs.map(({ from, to }) => entryRange(from, to + 1));
}
