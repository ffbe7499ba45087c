import type { Clock } from '../../../shared/clock.js';
import type { ChatError } from '../../../shared/errors.js';
import {
  isChange,
  type Append,
  type Appended,
  type DedupeWindow,
  type MessageLog,
} from '../../messages/message-log.js';
import { tailBufferLimits } from '../../messages/tail-buffer.js';
import { createAppender, unwritable } from '../appender.js';
import { entryOf } from '../log-tail.js';
import { readEntries, type Gap } from './entry-reader.js';
import { createGroupCommit } from './group-commit.js';
import { diskProblem } from './probe-disk.js';
import { createRecoveryLoop } from './recovery-loop.js';
import type { HighWaterMark } from './high-water.js';
import { createLevelDedupeIndex } from './level-dedupe-index.js';
import type { LevelClock } from './level-clock.js';
import {
  commitPut,
  currentFormat,
  entryKey,
  logPut,
  metaKey,
  put,
  readLog,
  reservedThroughPut,
} from './level-records.js';
import { findLast, upgradeFormat } from './level-start.js';
import { mentionPuts } from './mention-records.js';
import type { LevelTail } from './level-tail.js';
import type { Operation } from './ordered-store.js';
import type { ReopenableStore } from './reopenable-store.js';
import type { RoomIndex } from './room-index.js';

type LevelWriterOptions = {
  readonly clock: Clock;
  readonly dedupeWindow: DedupeWindow | undefined;
  readonly times: LevelClock;
  readonly store: ReopenableStore;
  readonly tail: LevelTail;
  readonly rooms: Pick<RoomIndex, 'operations' | 'reset'>;
  /** Why the store was opened read-only, if it was; it is opened again once the disk accepts writes. */
  readonly readOnlyBecause: unknown;
  readonly highWater: Pick<HighWaterMark, 'reserve' | 'noteStored'>;
  readonly probe: () => Promise<void>;
  readonly onGap: (gap: Gap) => void;
  readonly onUnwritable: (error: unknown) => void;
  readonly onWritable: () => void;
  readonly onPruneFailed: (error: unknown) => void;
};

type Encoded = Omit<Append, 'message'> & { readonly message: Uint8Array };

/** The writing half of a log on disk. */
type LevelWriter = {
  readonly append: MessageLog['append'];
  readonly storageProblem: MessageLog['storageProblem'];
  /** Call after a failed write of another part: the store is opened again. Returns what to reject with. */
  readonly failed: (error: unknown) => ChatError;
  /** Resolves when all appends are answered; with false if a write hangs, so that the store cannot be closed. */
  readonly close: () => Promise<boolean>;
};

/** Continues with the tail's next sequence. */
export function createLevelWriter(options: LevelWriterOptions): LevelWriter {
  const { clock, times, store, tail, rooms, readOnlyBecause, highWater, onGap } = options;
  const ids = createLevelDedupeIndex(store, times, options.dedupeWindow);
  let pruning: Promise<void> = Promise.resolve();

  /** Earlier versions would not find the changes of messages. */
  const formatOperations = (group: readonly Encoded[]): Operation[] => {
    if (!group.some(({ kind }) => isChange(kind))) return [];
    const stored = store.get(metaKey('log'));
    const log = stored && readLog(stored);
    return log && log.format < currentFormat ? [logPut(log.logId, currentFormat)] : [];
  };

  const write = async (group: readonly Encoded[]): Promise<Appended[]> => {
    const first = tail.next();
    const entries = group.map((append, index) => entryOf(append, append.message, first + index));
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
      ...rooms.operations(entries),
      ...formatOperations(group),
      ...entries.flatMap(mentionPuts),
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
    rooms.reset();
    await upgradeFormat(store);
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

  const commits = createGroupCommit<Encoded, Appended>({
    clock,
    failedBecause: readOnlyBecause,
    describe: diskProblem,
    sizeOf: ({ message }) => message.length,
    write,
    onFailed(error) {
      ids.reset();
      rooms.reset();
      options.onUnwritable(error);
      recovery.start();
    },
    onStuck: () => options.onUnwritable(undefined),
    onUnstuck: options.onWritable,
  });

  if (readOnlyBecause !== undefined) recovery.start();

  const appender = createAppender({
    find: (author, id) => ids.find(author, id),
    write: (append, message) => commits.add({ ...append, message }),
  });

  return {
    append: appender.append,
    storageProblem: () => commits.problem(),
    failed(error) {
      if (commits.problem() === undefined) {
        options.onUnwritable(error);
        recovery.start();
      }
      return unwritable(diskProblem(error), error);
    },
    async close() {
      await appender.close();
      await commits.close();
      await recovery.stop();
      await pruning;
      return !commits.isStuck();
    },
  };
}
