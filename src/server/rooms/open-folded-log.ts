import { raceTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { messageKind } from '../../shared/message.js';
import { lobbyMessages, type MessageLog, type RoomStateStore } from '../messages/message-log.js';
import { createFoldedLog, messageIn, type FoldedLog } from './folded-log.js';
import { encodeRooms } from './room-state-codec.js';
import { createRooms } from './room-state.js';
import type { Rooms } from './rooms.js';

/** Notifies the operator. */
export type RoomStateReports = {
  /** It is ignored, and the log is read from its beginning. */
  readonly onUnusable: (reason: unknown) => void;
  /** Once, until it succeeds again. It is tried again. */
  readonly onNotSaved: (error: unknown) => void;
  /** As `onNotSaved`, of entries that have to be folded: until then they are not visible, nor is what follows. */
  readonly onNotRead: (error: unknown) => void;
};

type FoldedLogOptions = {
  readonly log: MessageLog;
  /** Absent: the log is as short-lived as the rooms. */
  readonly state: RoomStateStore | undefined;
  readonly clock: Clock;
  readonly reports: RoomStateReports;
};

const saveDelayMs = { afterChange: 1000, afterFailure: 10_000 } as const;
export const entriesPerSave = 5000;
/** The log has everything that is not saved. */
const closeTimeoutMs = 500;
const amendTimeoutMs = 5000;

/** Folds what follows the saved state before it resolves. Throws `data-directory` if a newer version has saved it. */
export async function openFoldedLog({ log, state, clock, reports }: FoldedLogOptions): Promise<FoldedLog> {
  const saved = await state?.load();
  const rooms = restored(saved, reports);
  await skipPlainMessages(log, rooms);
  const savedUpTo = rooms.upTo();
  await amendAgain(log, rooms);
  const folded = createFoldedLog(log, rooms, clock, reports.onNotRead);
  const head = log.head();
  if (head > 0) await folded.waitAfter(head - 1, new AbortController().signal);
  // A disk that takes no writes must not keep the log from being read.
  await raceTimeout(amendTimeoutMs, folded.amended(), clock);
  if (!state) return folded;

  const saving = startSaving({ folded, savedUpTo, state, clock, reports });
  return {
    ...folded,
    async close() {
      if (log.storageProblem() === undefined) await raceTimeout(closeTimeoutMs, saving.finish(), clock);
      saving.stop();
      await folded.close();
    },
  };
}

/** May be ahead of the log, if its newest entries are damaged. */
function restored(saved: Uint8Array | undefined, { onUnusable }: RoomStateReports): Rooms {
  try {
    return createRooms(saved);
  } catch (error) {
    if (error instanceof ChatError && error.code === 'data-directory') throw error;
    onUnusable(error);
    return createRooms();
  }
}

/** A long log of the time before rooms need not be read. */
async function skipPlainMessages(log: MessageLog, rooms: Rooms): Promise<void> {
  const next = log.head() + 1;
  const first = Math.min((await log.firstWithRoom?.()) ?? 0, next);
  if (first - 1 <= rooms.upTo()) return;
  const [newest] = await log.readBefore(first, 1, 1, lobbyMessages);
  if (newest && newest.sequence > rooms.upTo()) {
    rooms.apply({ ...newest, message: () => messageIn(newest.bytes) });
  }
  rooms.skipTo(first - 1);
}

/** A log that knows changes only in memory gets those that are folded already. */
async function amendAgain(log: MessageLog, rooms: Rooms): Promise<void> {
  for await (const changes of log.changesUpTo?.(rooms.upTo()) ?? []) {
    await log.amend(changes.map((change) => ({ change, isVoid: rooms.isVoid(change.sequence) })));
  }
}

type Saving = {
  /** Saves what is not saved yet. */
  finish(): Promise<void>;
  stop(): void;
};

type SavingOptions = Pick<FoldedLogOptions, 'clock' | 'reports'> & {
  readonly folded: FoldedLog;
  /** What follows was folded at the start. */
  readonly savedUpTo: number;
  readonly state: RoomStateStore;
};

function startSaving({ folded, state, clock, reports, ...start }: SavingOptions): Saving {
  const { rooms } = folded;
  let { savedUpTo } = start;
  let running = Promise.resolve();
  let stopTimer: (() => void) | undefined;
  let hasFailed = false;
  let isStopped = false;

  const save = async (): Promise<void> => {
    const upTo = rooms.upTo();
    if (upTo === savedUpTo) return;
    try {
      const encoded = encodeRooms(rooms);
      // After a start only the changes that follow the saved state are applied.
      await folded.amended();
      await state.save(upTo, encoded);
      savedUpTo = upTo;
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) reports.onNotSaved(error);
      hasFailed = true;
      saveIn(saveDelayMs.afterFailure);
    }
  };

  const saveIn = (delayMs: number): void => {
    if (stopTimer || isStopped) return;
    stopTimer = clock.after(delayMs, () => {
      stopTimer = undefined;
      running = running.then(save);
    });
  };

  if (rooms.upTo() - savedUpTo >= entriesPerSave) saveIn(saveDelayMs.afterChange);
  folded.onFolded(({ kind, sequence }) => {
    const isChange = kind === messageKind.room || kind === messageKind.member;
    if (isChange || sequence - savedUpTo >= entriesPerSave) saveIn(saveDelayMs.afterChange);
  });

  return {
    async finish() {
      isStopped = true;
      stopTimer?.();
      await running.then(save);
    },
    stop() {
      isStopped = true;
      stopTimer?.();
    },
  };
}
