import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import { errorCode } from '../../../shared/error-code.js';
import { canBeReplayed } from './check-write-log.js';
import { isDamage, type Operation, type OrderedStore } from './ordered-store.js';

/** So that a table file contains several images; the default of 2 MiB would make a file for each. */
const maxFileSize = 16 * 1024 * 1024;
/** Pairs read per turn of the event loop, which takes 1 ms. With 1,000, deliveries were delayed by 8 ms. */
export const pairsPerTick = 200;
/** Texts cost less than pairs, and `textBytesPerPage` bounds them too. */
const textsPerPage = 1000;
const maxChainedBytes = 64 * 1024;
/** Takes 1 to 2 ms of one turn. */
const textBytesPerPage = 128 * 1024;

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/** The binding returns empty keys with values: as text they are cheap, as bytes as expensive as small values. */
const unreadKeys = {
  name: 'unread',
  format: 'utf8',
  encode: (key: Uint8Array) => key,
  decode: () => new Uint8Array(0),
} as const;

export const restoreHint = 'Restore the directory from a backup; nothing was changed.';

/** What LevelDB leaves if it is killed while creating a database: nothing to lose. */
const unfinished = new Set(['LOCK', 'LOG', 'LOG.old', 'MANIFEST-000001', '000001.dbtmp']);

/** Throws `data-directory` if it is not a database, damaged, or in use; repairs and overwrites nothing. */
export async function openLevelStore(directory: string): Promise<OrderedStore> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseForeignFiles(directory);
    await refuseForeignLogs(directory);
    await chmod(directory, 0o700);
    // The constructor starts to open it, so all checks must come before.
    const database: Database = new ClassicLevel(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      maxFileSize,
    });
    await database.open();
    return levelStore(database);
  } catch (error) {
    throw openingError(directory, error);
  }
}

function levelStore(database: Database): OrderedStore {
  return {
    write: (operations, how) => write(database, operations, how !== 'unflushed'),
    get: (key) => database.getSync(key),
    read: (key) => database.get(key, { fillCache: false }),
    async scan({ from, to, reverse = false, pageBytes = 64 * 1024, pagePairs = pairsPerTick }, take) {
      const iterator = database.iterator({ gte: from, lt: to, reverse, highWaterMarkBytes: pageBytes });
      try {
        for (;;) {
          const pairs = await iterator.nextv(Math.min(pagePairs, pairsPerTick));
          if (pairs.length === 0) return true;
          if (!pairs.every((pair) => take(pair))) return false;
        }
      } finally {
        await iterator.close();
      }
    },
    async texts({ from, to }) {
      const iterator = database.iterator<Uint8Array, string>({
        keys: false,
        gte: from,
        lt: to,
        keyEncoding: unreadKeys,
        valueEncoding: 'utf8',
        highWaterMarkBytes: textBytesPerPage,
      });
      try {
        const texts: string[] = [];
        for (;;) {
          const pairs = await iterator.nextv(textsPerPage);
          if (pairs.length === 0) return texts;
          for (const [, text] of pairs) texts.push(text);
        }
      } finally {
        await iterator.close();
      }
    },
    diskBytes: ({ from, to }) => database.approximateSize(from, to),
    compact: ({ from, to }) => database.compactRange(from, to),
    close: () => database.close(),
  };
}

/**
 * A chained batch takes half the time of an array, but only the garbage collector frees its copy of the values, and
 * it does not see their size: so large writes use an array.
 */
async function write(database: Database, operations: readonly Operation[], sync: boolean): Promise<void> {
  let bytes = 0;
  for (const operation of operations) if (operation.type === 'put') bytes += operation.value.length;
  if (bytes > maxChainedBytes) return database.batch([...operations], { sync });
  const batch = database.batch();
  for (const operation of operations) {
    if (operation.type === 'put') batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  }
  await batch.write({ sync });
}

/** LevelDB would create a new database beside other files. */
async function refuseForeignFiles(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.includes('CURRENT')) return;
  const foreign = names.find((name) => !unfinished.has(name));
  if (foreign === undefined) return;
  throw new ChatError('data-directory', `${directory} contains other files (${foreign}) and no message log`, {
    hint: 'Choose an empty directory with --data, or restore the missing files from a backup.',
  });
}

/** LevelDB would abort the process. */
async function refuseForeignLogs(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!/^\d+\.log$/.test(name) || !(await stat(path)).isFile() || (await canBeReplayed(path))) continue;
    throw new ChatError(
      'data-directory',
      `the message log in ${directory} is damaged: ${name} is a copy of another file`,
      {
        hint: restoreHint,
      },
    );
  }
}

/** False if it is in use or damaged. */
export function mayBeUnwritable(error: unknown): boolean {
  const cause = databaseError(error instanceof ChatError ? error.cause : error);
  const code = errorCode(cause);
  return code !== '' && code !== 'LEVEL_LOCKED' && !isDamage(cause);
}

function databaseError(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function openingError(directory: string, error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const cause = databaseError(error);
  const reason = thrownMessage(cause);
  if (isDamage(cause)) {
    return new ChatError('data-directory', `the message log in ${directory} is damaged: ${reason}`, {
      hint: restoreHint,
      cause: error,
    });
  }
  switch (errorCode(cause)) {
    case 'LEVEL_LOCKED':
      return new ChatError('data-directory', `another chat server uses ${directory}`, {
        hint: 'Stop it first, or give this server its own directory with --data.',
        cause: error,
      });
    default:
      return new ChatError('data-directory', `cannot open the message log in ${directory}: ${reason}`, {
        hint: 'Check that the directory can be written and the disk has space.',
        cause: error,
      });
  }
}
