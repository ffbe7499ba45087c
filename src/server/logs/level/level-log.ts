import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { UsersAddedNote } from '../../accounts/users-added.js';
import type {
  AccountStateStore,
  Keep,
  LogOptions,
  MessageLog,
  RoomStateStore,
} from '../../messages/message-log.js';
import type { TailBufferLimits } from '../../messages/tail-buffer.js';
import { unwritable } from '../appender.js';
import type { Gap } from './entry-reader.js';
import { startErasure } from './erasure.js';
import { startIntegrityScan } from './integrity-scan.js';
import { createHighWaterMark } from './high-water.js';
import { createGapReports } from './integrity-scan.js';
import { createLevelChanges } from './level-changes.js';
import { openLevelClock } from './level-clock.js';
import { createLevelReader, withChatErrors } from './level-reader.js';
import { renewLogId, startLevelLog } from './level-start.js';
import { mayBeUnwritable, openLevelStore, restoreHint } from './level-store.js';
import { createLevelTail } from './level-tail.js';
import { createLevelWriter } from './level-writer.js';
import { isDamage, type OrderedStore } from './ordered-store.js';
import { put, metaKey, numbers } from './level-records.js';
import { isUnwritable, probeDisk } from './probe-disk.js';
import { openReadOnlyStore } from './read-only-store.js';
import { createReopenableStore, type ReopenableStore } from './reopenable-store.js';
import { startRetention } from './retention.js';
import { createRoomIndex } from './room-index.js';
import { createAccountStates, createSavedRooms } from './saved-rooms.js';

/** Notifies the operator. */
export type LevelLogReports = {
  /** Messages that were acknowledged are missing or damaged. Their sequences are never reused. */
  readonly onGap: (gap: Gap) => void;
  /** The index of rooms was damaged: so many entries were added to it again. */
  readonly onIndexRepaired?: (count: number) => void;
  /** Because of `newLog` the log has this new log id. */
  readonly onRenewed: (logId: string) => void;
  /** The disk accepts no writes: the log was opened read-only until it does. */
  readonly onReadOnly: (error: unknown) => void;
  /** Writes fail (`error`) or hang (undefined): appends are rejected. */
  readonly onUnwritable: (error: unknown) => void;
  readonly onWritable: () => void;
  /** Old messages or ids could not be removed (retried later), or stored ones could not be checked. */
  readonly onUpkeepFailed: (error: unknown) => void;
  /** The clock is implausibly far ahead: no messages are dropped by age until it is believed again. */
  readonly onClockDoubted: (aheadMs: number) => void;
  readonly onClockBelieved: () => void;
};

/** A log on disk, with what else is in its database. */
export type LevelLog = MessageLog & {
  readonly usersAdded: UsersAddedNote;
  readonly roomState: RoomStateStore;
  readonly accountState: AccountStateStore;
};

/** Options of `openLevelLog`. */
export type LevelLogOptions = LogOptions & {
  /** A directory of its own; created if absent. */
  readonly directory: string;
  readonly keep?: Keep | undefined;
  /** Gives the log a new log id, so that earlier cursors are invalid. */
  readonly newLog?: boolean | undefined;
  readonly reports: LevelLogReports;
  /** What is kept in memory; by default `tailBufferLimits`. */
  readonly tailLimits?: TailBufferLimits | undefined;
  readonly openStore?: (directory: string) => Promise<OrderedStore>;
};

/** Takes a time independent of the log's size. Throws `data-directory` if it is in use, damaged or not a log. */
export async function openLevelLog(options: LevelLogOptions): Promise<LevelLog> {
  const open = options.openStore ?? openLevelStore;
  const opened = await openOrRead(options.directory, open);
  try {
    const store = createReopenableStore(opened.store, () => open(options.directory));
    const log = await readyLog(options, store, opened);
    if (opened.copy !== undefined) options.reports.onReadOnly(opened.reason);
    return log;
  } catch (error) {
    await opened.store.close();
    if (!isDamage(error)) throw error;
    throw new ChatError(
      'data-directory',
      `the message log in ${options.directory} is damaged: ${thrownMessage(error)}`,
      {
        hint: restoreHint,
        cause: error,
      },
    );
  }
}

type OpenedStore = {
  readonly store: OrderedStore;
  /** Where a copy was opened read-only, and why. */
  readonly copy?: string;
  readonly reason?: unknown;
};

async function openOrRead(
  directory: string,
  open: (directory: string) => Promise<OrderedStore>,
): Promise<OpenedStore> {
  try {
    return { store: await open(directory) };
  } catch (reason) {
    if (!mayBeUnwritable(reason) || !(await isUnwritable(directory))) throw reason;
    const { store, directory: copy } = await openReadOnlyStore(directory, reason).catch(() => {
      throw reason;
    });
    return { store, copy, reason };
  }
}

async function readyLog(
  options: LevelLogOptions,
  store: ReopenableStore,
  { copy: readOnlyCopy, reason }: Pick<OpenedStore, 'copy' | 'reason'>,
): Promise<LevelLog> {
  const { clock, directory, dedupeWindow, keep, newLog, reports } = options;
  const gaps = createGapReports(reports.onGap);
  if (newLog) reports.onRenewed(await renewLogId(store, directory));
  const start = await startLevelLog({
    store,
    directory,
    readOnlyCopy,
    onGap: (gap) => gaps.report(gap, 0),
  });
  const tail = createLevelTail(start, options.tailLimits);
  const onGap = (gap: Gap): void => gaps.report(gap, tail.oldest());
  const rooms = createRoomIndex(store, onGap);
  await rooms.findStart();
  const erasure = startErasure({ store, clock, onFailed: reports.onUpkeepFailed });
  const changes = createLevelChanges({ store, tail, rooms, clock, onErased: erasure.schedule });
  const reader = createLevelReader({ store, tail, rooms });
  const bounds = { from: tail.oldest(), to: tail.next() - 1 };
  const scan = await startIntegrityScan({
    ...{ store, clock, ...bounds, roomsStart: rooms.start(), onGap },
    onRepaired: (count) => reports.onIndexRepaired?.(count),
    onFailed: reports.onUpkeepFailed,
  });
  const times = await openLevelClock(store, clock, keep);
  const highWater = createHighWaterMark(directory, start.highWater, reports.onUpkeepFailed);
  const writer = createLevelWriter({
    clock,
    dedupeWindow,
    times,
    store,
    tail,
    rooms,
    highWater,
    readOnlyBecause: reason,
    probe: () => probeDisk(directory),
    onGap,
    onUnwritable: reports.onUnwritable,
    onWritable: reports.onWritable,
    onPruneFailed: reports.onUpkeepFailed,
  });
  const savedRooms = createSavedRooms({
    ...{ store, clock, directory, oldest: tail.oldest, storageProblem: writer.storageProblem },
    lastUsed: () => tail.next() - 1,
  });
  /** Entries that are still needed to know the rooms. */
  const neededFrom = (): number => Math.max(rooms.start(), savedRooms.upTo() + 1);
  const onSweepFailed = (error: unknown): void => {
    // The cause was already reported.
    if (writer.storageProblem() === undefined) reports.onUpkeepFailed(error);
  };
  const retention =
    keep &&
    startRetention({
      ...reports,
      store,
      clock,
      times,
      keep,
      neededFrom,
      tail,
      rooms,
      changes,
      onFailed: onSweepFailed,
    });
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    tail.appendSignal.close();
    const background = Promise.all([retention?.stop(), scan.stop(), erasure.stop()]);
    // Closing would hang too. LevelDB survives a kill at any time, so it need not be closed.
    if (!(await writer.close())) {
      highWater.close().catch(() => undefined);
      return;
    }
    await background;
    await store.write(times.operations()).catch(() => undefined);
    await highWater.close();
    await store.close();
  };

  return {
    logId: start.logId,
    ...reader,
    append: writer.append,
    async amend(amendments) {
      const problem = writer.storageProblem();
      if (problem !== undefined) throw unwritable(problem);
      try {
        return await changes.amend(amendments);
      } catch (error) {
        throw error instanceof ChatError ? error : writer.failed(error);
      }
    },
    reactions: (room, from, to) => withChatErrors(changes.reactions(room, from, to)),
    storageProblem: writer.storageProblem,
    usersAdded: usersAddedIn(store),
    roomState: savedRooms,
    accountState: createAccountStates(store, writer.storageProblem),
    close: () => (closing ??= close()),
  };
}

function usersAddedIn(store: OrderedStore): UsersAddedNote {
  const key = metaKey('users-added');
  return {
    isSet: () => Promise.resolve(store.get(key) !== undefined),
    set: () => store.write([put(key, numbers(1))]),
  };
}
