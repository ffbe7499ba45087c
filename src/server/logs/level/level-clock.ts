import type { Clock } from '../../../shared/clock.js';
import type { Keep } from '../../messages/message-log.js';
import { commitRange, metaKey, numbers, put, readCommit, readNumbers } from './level-records.js';
import type { Operation, OrderedStore } from './ordered-store.js';
import { createPlausibleClock, type ClockRecord, type PlausibleClock } from './plausible-clock.js';

/** The times of a log on disk. */
export type LevelClock = {
  /** The time to store with a write. */
  readonly stamp: () => number;
  /** Undefined while no messages may be dropped. */
  readonly forMessages: Pick<PlausibleClock, 'now' | 'aheadMs'>;
  /** Undefined while no ids may be forgotten. */
  readonly forIds: Pick<PlausibleClock, 'now'>;
  /** Records the time for the next start, at most once an hour, which is precise enough. */
  dueOperations(): Operation[];
  operations(): Operation[];
};

/** The part of their age by which messages may be dropped too early if the clock is wrong. */
const toleratedPart = 1 / 10;
const defaultToleranceMs = 24 * 60 * 60 * 1000;
/** Strict: an id forgotten too early duplicates a message, one kept too long costs a few bytes. */
const idToleranceMs = 60_000;
const recordIntervalMs = 60 * 60 * 1000;

/** Reads when the log was last used. */
export async function openLevelClock(
  store: Pick<OrderedStore, 'get' | 'scan'>,
  clock: Clock,
  keep: Keep | undefined,
): Promise<LevelClock> {
  const toleranceMs = keep && 'milliseconds' in keep ? keep.milliseconds * toleratedPart : defaultToleranceMs;
  const recorded = await lastRecord(store, clock);
  const messages = createPlausibleClock(clock, toleranceMs, recorded);
  const ids = createPlausibleClock(clock, idToleranceMs, { ...recorded, evenMs: 0 });
  let recordedAt = -Infinity;

  const operations = (): Operation[] => {
    recordedAt = clock.monotonicMs();
    const { plausibleAt, recordedAt: wall, evenMs } = messages.record();
    return [put(metaKey('clock'), numbers(plausibleAt, wall, evenMs))];
  };

  return {
    stamp: () => messages.stamp(),
    forMessages: messages,
    forIds: ids,
    dueOperations: () => (clock.monotonicMs() - recordedAt < recordIntervalMs ? [] : operations()),
    operations,
  };
}

/** Without a record, the time of the newest commit; an empty log has nothing to lose. */
async function lastRecord(store: Pick<OrderedStore, 'get' | 'scan'>, clock: Clock): Promise<ClockRecord> {
  const stored = store.get(metaKey('clock'));
  const [plausibleAt, recordedAt, evenMs] = (stored && readNumbers(stored, 3)) ?? [];
  if (plausibleAt !== undefined && recordedAt !== undefined && evenMs !== undefined) {
    return { plausibleAt, recordedAt, evenMs };
  }
  let newest = clock.now();
  const newestOnly = { reverse: true, pageBytes: 1 };
  await store.scan({ ...commitRange(0, Number.MAX_SAFE_INTEGER), ...newestOnly }, ([key, value]) => {
    const commit = readCommit(key, value);
    if (commit) newest = commit.time;
    return commit === undefined;
  });
  return { plausibleAt: newest, recordedAt: newest, evenMs: 0 };
}
