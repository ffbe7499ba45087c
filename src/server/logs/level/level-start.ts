import { randomUUID } from 'node:crypto';
import { ChatError } from '../../../shared/errors.js';
import { decodeStrictText, encodeText } from '../../../shared/text.js';
import type { Entry } from '../../room/message-log.js';
import { tailBufferLimits } from '../../room/tail-buffer.js';
import { readEntries, type Gap } from './entry-reader.js';
import { readHighWater, removeHighWater, type HighWater } from './high-water.js';
import {
  commitRange,
  entryRange,
  allKeys,
  keyNumber,
  lastOf,
  metaKey,
  put,
  readCommit,
  readNumbers,
  reservedThroughPut,
  type Commit,
} from './level-records.js';
import type { OrderedStore } from './ordered-store.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';

/** Where a log's disk ends. */
export type LastWritten = {
  /** The highest sequence that was ever written, as far as the disk tells; 0 if it knows of none. */
  readonly sequence: number;
  /** The bytes of all entries since the log began. */
  readonly totalBytes: number;
};

/** What a log on disk begins with. */
export type LevelStart = {
  readonly logId: string;
  /** The oldest sequence kept. */
  readonly oldest: number;
  readonly last: LastWritten;
  /** The newest entries that can be read, oldest first. */
  readonly newest: readonly Entry[];
  /** Where its high-water mark continues. */
  readonly highWater: HighWater;
};

/** What a start reads. */
export type LevelStartOptions = {
  readonly store: OrderedStore;
  readonly directory: string;
  /** Where the database was opened instead, for reading only. */
  readonly readOnlyCopy: string | undefined;
  readonly onGap: (gap: Gap) => void;
};

/** How many entries are loaded at the start, at most: as long as it takes to read more, nobody can connect. */
const maxLoadedEntries = 10_000;

/** What a message takes of LevelDB's log at the least: keys, tags, and the fields that every message has. */
const minEntryBytes = 24;

/**
 * Reads what a log needs to know before it is ready; its cost does not grow with the log. An empty database
 * becomes a log. Throws `data-directory` if it belongs to another program.
 */
export async function startLevelLog({
  store,
  directory,
  readOnlyCopy,
  onGap,
}: LevelStartOptions): Promise<LevelStart> {
  const logId = storedLogId(store) ?? (await makeLogId(store, directory));
  const stored = store.get(metaKey('oldest'));
  const oldest = (stored && readNumbers(stored, 1)?.[0]) ?? 1;
  const found = await findLast(store);
  const known = {
    oldest,
    dropped: await droppedBytes(readOnlyCopy ?? directory),
    highWater: (await readHighWater(directory)) ?? { stored: 0, reserved: 0 },
  };
  const last = pastLost(store, found, known);
  // A store that is only read does so when it is opened for writing.
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

/** Looks at both commits and entries: where the one is damaged, the other still tells which numbers are taken. */
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
 * Where the disk ends for certain: the newest messages may be among what LevelDB dropped, or a log may have lost its
 * end without a trace, and nothing after them tells. The numbers that they may have had are not given again.
 */
function pastLost(
  store: OrderedStore,
  last: LastWritten,
  { oldest, dropped, highWater }: { oldest: number; dropped: number; highWater: HighWater },
): { sequence: number; isNew: boolean } {
  const stored = store.get(metaKey('taken'));
  const taken = (stored && readNumbers(stored, 1)?.[0]) ?? 0;
  const known = Math.max(last.sequence, taken);
  // Where `--keep` dropped everything, there is no newest message.
  const isShort = highWater.stored > Math.max(known, oldest - 1);
  const sequence = Math.max(
    known,
    last.sequence + Math.ceil(dropped / minEntryBytes),
    isShort ? highWater.reserved : 0,
  );
  return { sequence, isNew: sequence > known };
}

/** Gives a log another identity, as if it were a new one with these messages, and returns it. */
export async function renewLogId(store: OrderedStore, directory: string): Promise<string> {
  if (storedLogId(store) === undefined) return makeLogId(store, directory);
  const logId = await putLogId(store);
  await removeHighWater(directory);
  return logId;
}

function storedLogId(store: OrderedStore): string | undefined {
  const stored = store.get(metaKey('log-id'));
  const logId = stored && decodeStrictText(stored);
  return logId !== undefined && /^[!-~]{1,64}$/.test(logId) ? logId : undefined;
}

async function makeLogId(store: OrderedStore, directory: string): Promise<string> {
  await store.scan({ ...allKeys, pageBytes: 1 }, () => {
    throw new ChatError('data-directory', `the database in ${directory} is not a chat message log`, {
      hint: 'Choose an empty directory with --data, or restore the right one from a backup.',
    });
  });
  return putLogId(store);
}

async function putLogId(store: OrderedStore): Promise<string> {
  const logId = randomUUID();
  await store.write([put(metaKey('log-id'), encodeText(logId))]);
  return logId;
}

/**
 * How many damaged bytes LevelDB dropped when it last opened the database in `directory`. It continues without
 * them and says so nowhere but in its own log file, which it starts again each time.
 */
async function droppedBytes(directory: string): Promise<number> {
  try {
    const text = await readFile(join(directory, 'LOG'), 'utf8');
    return [...text.matchAll(/: dropping (\d+) bytes; /g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
