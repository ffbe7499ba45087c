import { randomUUID } from 'node:crypto';
import { ChatError } from '../../../shared/errors.js';
import { decodeStrictText } from '../../../shared/text.js';
import type { Entry } from '../../messages/message-log.js';
import { tailBufferLimits } from '../../messages/tail-buffer.js';
import { readEntries, type Gap } from './entry-reader.js';
import { readHighWater, removeHighWater, type HighWater } from './high-water.js';
import {
  commitRange,
  currentFormat,
  formatWithoutChanges,
  del,
  entryRange,
  allKeys,
  keyNumber,
  lastOf,
  logPut,
  metaKey,
  readCommit,
  readLog,
  readNumbers,
  reservedThroughPut,
  type Commit,
} from './level-records.js';
import type { OrderedStore } from './ordered-store.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';

/** The end of a log on disk. */
export type LastWritten = {
  /** The highest sequence ever written, as far as the disk shows; 0 if none. */
  readonly sequence: number;
  readonly totalBytes: number;
};

/** The state of a log on disk when it is opened. */
export type LevelStart = {
  readonly logId: string;
  readonly oldest: number;
  readonly last: LastWritten;
  /** Oldest first. */
  readonly newest: readonly Entry[];
  readonly highWater: HighWater;
};

type LevelStartOptions = {
  readonly store: OrderedStore;
  readonly directory: string;
  /** Where the database was opened read-only instead. */
  readonly readOnlyCopy: string | undefined;
  readonly onGap: (gap: Gap) => void;
};

/** More would delay the start. */
const maxLoadedEntries = 10_000;

/** The minimum that a message takes in LevelDB's log: keys, tags, and the fields of every message. */
const minEntryBytes = 24;

/** Takes a time independent of the log's size. Throws `data-directory` if the database is of another program. */
export async function startLevelLog({
  store,
  directory,
  readOnlyCopy,
  onGap,
}: LevelStartOptions): Promise<LevelStart> {
  const logId = storedLogId(store, directory) ?? (await createLogId(store, directory));
  // A read-only store is upgraded when it is opened for writing.
  if (readOnlyCopy === undefined) await upgradeFormat(store);
  const stored = store.get(metaKey('oldest'));
  const oldest = (stored && readNumbers(stored, 1)?.[0]) ?? 1;
  const found = await findLast(store);
  const known = {
    oldest,
    dropped: await droppedBytes(readOnlyCopy ?? directory),
    highWater: (await readHighWater(directory)) ?? { stored: 0, reserved: 0 },
  };
  const last = lastPossiblyUsed(store, found, known);
  // A read-only store catches up on this when it is opened for writing.
  if (last.isNew && readOnlyCopy === undefined) await store.write([reservedThroughPut(last.sequence)]);
  const newest = await readEntries(store, {
    from: oldest,
    to: last.sequence,
    newestFirst: true,
    maxCount: maxLoadedEntries,
    maxBytes: tailBufferLimits.maxBytes,
    onGap,
  });
  const reserved = Math.max(known.highWater.reserved, last.sequence);
  const highWater = { stored: last.sequence, reserved };
  return {
    logId,
    oldest,
    last: { sequence: last.sequence, totalBytes: found.totalBytes },
    newest: newest.toReversed(),
    highWater,
  };
}

/** Reads both commits and entries: if one kind is damaged, the other still shows which sequences are used. */
export async function findLast(store: OrderedStore): Promise<LastWritten> {
  let commit: Commit | undefined;
  let entry = 0;
  const newestOnly = { reverse: true, pageBytes: 1 };
  await store.scan({ ...commitRange(0, Number.MAX_SAFE_INTEGER), ...newestOnly }, ([key, value]) => {
    commit = readCommit(key, value);
    return commit === undefined;
  });
  await store.scan({ ...entryRange(0, Number.MAX_SAFE_INTEGER), ...newestOnly }, ([key]) => {
    entry = keyNumber(key);
    return false;
  });
  return { sequence: Math.max(commit ? lastOf(commit) : 0, entry), totalBytes: commit?.totalBytes ?? 0 };
}

/**
 * The highest sequence that may have been used: LevelDB may have dropped the newest messages, or the log may have
 * lost its end without a trace. Such sequences are not reused.
 */
function lastPossiblyUsed(
  store: OrderedStore,
  last: LastWritten,
  { oldest, dropped, highWater }: { oldest: number; dropped: number; highWater: HighWater },
): { sequence: number; isNew: boolean } {
  const stored = store.get(metaKey('taken'));
  const reservedThrough = (stored && readNumbers(stored, 1)?.[0]) ?? 0;
  const known = Math.max(last.sequence, reservedThrough);
  // If retention removed everything, there is no newest message.
  const isShort = highWater.stored > Math.max(known, oldest - 1);
  const sequence = Math.max(
    known,
    last.sequence + Math.ceil(dropped / minEntryBytes),
    isShort ? highWater.reserved : 0,
  );
  return { sequence, isNew: sequence > known };
}

/** Gives a log with its messages a new log id. */
export async function renewLogId(store: OrderedStore, directory: string): Promise<string> {
  if (storedLogId(store, directory) === undefined) return createLogId(store, directory);
  const logId = await putLogId(store);
  await removeHighWater(directory);
  return logId;
}

function storedLogId(store: OrderedStore, directory: string): string | undefined {
  const stored = store.get(metaKey('log'));
  const log = stored && readLog(stored);
  if (!log) return formerLogId(store);
  if (log.format <= currentFormat) return log.logId;
  throw new ChatError(
    'data-directory',
    `the message log in ${directory} has format ${log.format}, which a newer version of chat wrote`,
    { hint: 'Start that version, or restore the directory from a backup that was made before it.' },
  );
}

function formerLogId(store: OrderedStore): string | undefined {
  const stored = store.get(metaKey('log-id'));
  const logId = stored && decodeStrictText(stored);
  return logId !== undefined && /^[!-~]{1,64}$/.test(logId) ? logId : undefined;
}

/** From format 1 to 2, which earlier versions do not open: they would show everybody the messages of all rooms. */
export async function upgradeFormat(store: OrderedStore): Promise<void> {
  const logId = formerLogId(store);
  if (logId !== undefined) await store.write([logPut(logId, formatWithoutChanges), del(metaKey('log-id'))]);
}

async function createLogId(store: OrderedStore, directory: string): Promise<string> {
  await store.scan({ ...allKeys, pageBytes: 1 }, () => {
    throw new ChatError('data-directory', `the database in ${directory} is not a chat message log`, {
      hint: 'Choose an empty directory with --data, or restore the right one from a backup.',
    });
  });
  return putLogId(store);
}

async function putLogId(store: OrderedStore): Promise<string> {
  const logId = randomUUID();
  const stored = store.get(metaKey('log'));
  const { format } = (stored && readLog(stored)) ?? { format: formatWithoutChanges };
  await store.write([logPut(logId, format), del(metaKey('log-id'))]);
  return logId;
}

/** LevelDB reports this only in its own log file, which it starts again each time. */
async function droppedBytes(directory: string): Promise<number> {
  try {
    const text = await readFile(join(directory, 'LOG'), 'utf8');
    return [...text.matchAll(/: dropping (\d+) bytes; /g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
