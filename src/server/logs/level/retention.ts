import type { Clock } from '../../../shared/clock.js';
import { droppedMessage } from '../../messages/digests.js';
import type { DroppedMessage, Keep } from '../../messages/message-log.js';
import { readEntries } from './entry-reader.js';
import type { LevelClock } from './level-clock.js';
import {
  commitKey,
  commitRange,
  del,
  droppedPut,
  entryKey,
  entryRange,
  keyNumber,
  lastOf,
  metaKey,
  numbers,
  put,
  readCommit,
  type Commit,
} from './level-records.js';
import type { LevelChanges } from './level-changes.js';
import { removeMentionsBelow } from './mention-records.js';
import type { LevelTail } from './level-tail.js';
import type { OrderedStore } from './ordered-store.js';
import type { RoomIndex } from './room-index.js';

type Retention = {
  stop(): Promise<void>;
};

type RetentionOptions = {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly times: Pick<LevelClock, 'forMessages' | 'dueOperations'>;
  readonly keep: Keep;
  /** Entries from this sequence on are kept, however old. */
  readonly neededFrom: () => number;
  readonly tail: Pick<LevelTail, 'oldest' | 'totalBytes' | 'dropBelow'>;
  readonly rooms: Pick<RoomIndex, 'removeBelow'>;
  readonly changes: Pick<LevelChanges, 'removeBelow'>;
  readonly onFailed: (error: unknown) => void;
  /** The clock is implausibly far ahead: nothing is dropped by age. */
  readonly onClockDoubted: (aheadMs: number) => void;
  readonly onClockBelieved: () => void;
};

export const sweepIntervalMs = 10_000;

const commitsPerPage = 100;
/** LevelDB frees the space of removed keys only when it rewrites that part. */
const compactAfterBytes = 32 * 1024 * 1024;

/**
 * Age and size come from the commit records, so no message is read. Only whole commits are dropped: at most one commit
 * (8 MiB) and the messages of one `sweepIntervalMs` are kept beyond `keep`.
 */
export function startRetention(options: RetentionOptions): Retention {
  const { store, clock, times, keep, neededFrom, tail, rooms, changes, onFailed } = options;
  let cancel: () => void = () => undefined;
  let stopped = false;
  let uncompactedBytes = 0;
  /** No older message has a record of its mentions. */
  let mentionsFrom = 1;
  let isDoubted = false;

  const plausibleNow = (): number | undefined => {
    const aheadMs = times.forMessages.aheadMs();
    const now = times.forMessages.now();
    if (isDoubted !== (now === undefined)) {
      isDoubted = !isDoubted;
      if (isDoubted) options.onClockDoubted(Math.round(aheadMs));
      else options.onClockBelieved();
    }
    return now;
  };

  const findOldest = async (): Promise<number> => {
    let oldest = tail.oldest();
    const now = 'bytes' in keep ? Infinity : plausibleNow();
    if (now === undefined) return oldest;
    const isExcess = ({ time, totalBytes }: Commit): boolean =>
      'bytes' in keep ? tail.totalBytes() - totalBytes >= keep.bytes : now - time >= keep.milliseconds;
    const needed = neededFrom();
    await store.scan(commitRange(oldest, Number.MAX_SAFE_INTEGER), ([key, value]) => {
      const commit = readCommit(key, value);
      if (commit && lastOf(commit) >= needed) return false;
      if (commit && isExcess(commit)) oldest = lastOf(commit) + 1;
      // A commit from the future was written while the clock was wrong: it is older than the next one.
      else if (commit && ('bytes' in keep || commit.time <= now)) return false;
      return !stopped;
    });
    return oldest;
  };

  /** Its digest later proves that a reader has read up to there. */
  const newestDropped = async (oldest: number): Promise<DroppedMessage | undefined> => {
    const bounds = { from: oldest - 1, to: oldest - 1, newestFirst: true, maxCount: 1, maxBytes: 1 };
    const [entry] = await readEntries(store, { ...bounds, onGap: () => undefined });
    return droppedMessage(entry);
  };

  /** Removes the oldest commits below `oldest` with their entries; false when none is left. */
  const removePage = async (oldest: number): Promise<boolean> => {
    const commits: Commit[] = [];
    await store.scan(commitRange(0, oldest), ([key, value]) => {
      commits.push(readCommit(key, value) ?? { first: keyNumber(key), count: 0, time: 0, totalBytes: 0 });
      return commits.length < commitsPerPage;
    });
    const first = commits[0];
    const last = commits.at(-1);
    if (!first || !last) return false;
    await store.write(
      commits.flatMap((commit) => [
        ...Array.from({ length: commit.count }, (_, index) => del(entryKey(commit.first + index))),
        del(commitKey(commit.first)),
      ]),
    );
    uncompactedBytes += last.totalBytes - first.totalBytes;
    return true;
  };

  const sweep = async (): Promise<void> => {
    const oldest = await findOldest();
    if (oldest > tail.oldest()) {
      // Hidden first: a crash in between leaves nothing half removed.
      const dropped = await newestDropped(oldest);
      await store.write([put(metaKey('oldest'), numbers(oldest)), ...(dropped ? [droppedPut(dropped)] : [])]);
      tail.dropBelow(oldest);
    }
    while (!stopped && (await removePage(oldest)));
    await rooms.removeBelow(oldest, () => !stopped);
    await changes.removeBelow(oldest, () => !stopped);
    if (oldest > mentionsFrom) await removeMentionsBelow(store, oldest, () => !stopped);
    mentionsFrom = oldest;
    const due = times.dueOperations();
    if (due.length > 0) await store.write(due);
    if (stopped || uncompactedBytes < compactAfterBytes) return;
    uncompactedBytes = 0;
    await store.compact(entryRange(0, oldest));
    await store.compact(commitRange(0, oldest));
  };

  const sweepRepeatedly = async (): Promise<void> => {
    try {
      await sweep();
    } catch (error) {
      onFailed(error);
    }
    if (stopped) return;
    cancel = clock.after(sweepIntervalMs, () => {
      sweeping = sweepRepeatedly();
    });
  };
  let sweeping = sweepRepeatedly();

  return {
    async stop() {
      stopped = true;
      cancel();
      await sweeping;
    },
  };
}
