import { encodeEntry } from '../../../shared/codec.js';
import { ChatError } from '../../../shared/errors.js';
import type { Clock } from '../../../shared/clock.js';
import type { Append, Appended, DedupeWindow } from '../../room/message-log.js';
import { tailBufferLimits } from '../../room/tail-buffer.js';
import { dedupeKey } from '../dedupe-index.js';
import { readEntries, type Gap } from './entry-reader.js';
import { createGroupCommit } from './group-commit.js';
import { diskProblem } from './probe-disk.js';
import { createRecoveryLoop } from './recovery-loop.js';
import type { HighWaterMark } from './high-water.js';
import { createLevelDedupeIndex } from './level-dedupe-index.js';
import type { LevelClock } from './level-clock.js';
import { commitPut, entryKey, put, reservedThroughPut } from './level-records.js';
import { findLast } from './level-start.js';
import type { LevelTail } from './level-tail.js';
import type { ReopenableStore } from './reopenable-store.js';

type LevelWriterOptions = {
  readonly clock: Clock;
  readonly dedupeWindow: DedupeWindow | undefined;
  readonly times: LevelClock;
  readonly store: ReopenableStore;
  readonly tail: LevelTail;
  /** Why the store was opened read-only, if it was; it is opened again once the disk accepts writes. */
  readonly readOnlyBecause: unknown;
  readonly highWater: Pick<HighWaterMark, 'reserve' | 'noteStored'>;
  readonly probe: () => Promise<void>;
  readonly onGap: (gap: Gap) => void;
  readonly onUnwritable: (error: unknown) => void;
  readonly onWritable: () => void;
  readonly onPruneFailed: (error: unknown) => void;
};

/** The writing half of a log on disk. */
type LevelWriter = {
  readonly append: (append: Append) => Promise<Appended>;
  readonly find: (author: string, id: string) => Promise<number> | undefined;
  readonly storageProblem: () => string | undefined;
  /** Resolves when all appends are answered; with false if a write hangs, so that the store cannot be closed. */
  readonly close: () => Promise<boolean>;
};

/** Continues with the tail's next sequence. */
export function createLevelWriter(options: LevelWriterOptions): LevelWriter {
  const { clock, times, store, tail, readOnlyBecause, highWater, onGap } = options;
  const ids = createLevelDedupeIndex(store, times, options.dedupeWindow);
  const inFlight = new Map<string, Promise<Appended>>();
  let pruning: Promise<void> = Promise.resolve();
  let closed = false;

  const write = async (group: readonly Append[]): Promise<Appended[]> => {
    const first = tail.next();
    const entries = group.map(({ message }, index) => ({
      sequence: first + index,
      bytes: encodeEntry(message, first + index),
    }));
    const newIds = group.map(({ author, id }, index) => ({ author, id, sequence: first + index }));
    const commit = {
      first,
      count: entries.length,
      time: times.stamp(),
      totalBytes: entries.reduce((sum, { bytes }) => sum + bytes.length, tail.totalBytes()),
    };
    const last = first + entries.length - 1;
    await highWater.reserve(last);
    await store.write([
      ...ids.operations(newIds.filter(({ id }) => id !== '')),
      ...entries.map(({ sequence, bytes }) => put(entryKey(sequence), bytes)),
      commitPut(commit),
      ...times.dueOperations(),
    ]);
    highWater.noteStored(last);
    tail.publish(entries, { sequence: last, totalBytes: commit.totalBytes });
    if (ids.isPruneDue()) pruning = ids.prune().catch(options.onPruneFailed);
    return entries.map(({ sequence }) => ({ sequence, duplicate: false }));
  };

  /** A failed write may be on the disk nevertheless. */
  const catchUp = async (): Promise<void> => {
    ids.reset();
    const last = await findLast(store);
    const lost = { from: last.sequence + 1, to: tail.next() - 1 };
    if (lost.from <= lost.to) {
      onGap(lost);
      await store.write([reservedThroughPut(lost.to)]);
    }
    while (tail.next() <= last.sequence) {
      const bounds = { from: tail.next(), to: last.sequence, newestFirst: false, onGap };
      const entries = await readEntries(store, {
        ...bounds,
        maxCount: Infinity,
        maxBytes: tailBufferLimits.maxBytes,
      });
      tail.publish(entries, { ...last, sequence: entries.at(-1)?.sequence ?? last.sequence });
    }
  };

  const recovery = createRecoveryLoop(clock, async () => {
    await options.probe();
    await store.reopen();
    await catchUp();
    commits.resume();
    options.onWritable();
  });

  const commits = createGroupCommit<Append, Appended>({
    clock,
    failedBecause: readOnlyBecause,
    describe: diskProblem,
    sizeOf: ({ message }) => message.length,
    write,
    onFailed(error) {
      ids.reset();
      options.onUnwritable(error);
      recovery.start();
    },
    onStuck: () => options.onUnwritable(undefined),
    onUnstuck: options.onWritable,
  });

  if (readOnlyBecause !== undefined) recovery.start();

  const find = (author: string, id: string): Promise<Appended> | undefined => {
    if (id === '') return undefined;
    const first = inFlight.get(dedupeKey(author, id));
    if (first) return first.then(({ sequence }) => ({ sequence, duplicate: true }));
    try {
      const sequence = ids.find(author, id);
      return sequence === undefined ? undefined : Promise.resolve({ sequence, duplicate: true });
    } catch (error) {
      return Promise.reject(
        new ChatError('store-unavailable', 'the message store cannot be read at the moment', {
          cause: error,
        }),
      );
    }
  };

  return {
    find: (author, id) => find(author, id)?.then(({ sequence }) => sequence),
    append(item) {
      const earlier = closed ? undefined : find(item.author, item.id);
      if (earlier) return earlier;
      const appended = commits.add(item);
      if (item.id === '') return appended;
      const name = dedupeKey(item.author, item.id);
      inFlight.set(name, appended);
      const settled = (): boolean => inFlight.delete(name);
      appended.then(settled, settled);
      return appended;
    },
    storageProblem: () => commits.problem(),
    async close() {
      closed = true;
      await commits.close();
      await recovery.stop();
      await pruning;
      return !commits.isStuck();
    },
  };
}
