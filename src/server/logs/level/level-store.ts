import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import { errorCode } from '../../../shared/error-code.js';
import { canBeReplayed } from './check-write-log.js';
import { isDamage, type Operation, type OrderedStore } from './ordered-store.js';

/** A table file holds a few images; the default of 2 MiB would make a file for each. */
const maxFileSize = 16 * 1024 * 1024;
/** So many pairs are made and looked at in a turn of the event loop: a millisecond. A thousand held up deliveries for eight. */
export const pairsPerTick = 200;
/** Texts cost less, and come in pages of bounded bytes. */
const textsPerPage = 1000;
const maxChainedBytes = 64 * 1024;
/** A millisecond or two of making texts in one turn. */
const textBytesPerPage = 128 * 1024;

type Database = ClassicLevel<Uint8Array, Uint8Array>;

/**
 * For keys that only bound a read. LevelDB's binding hands over an empty key with each value: as a text that costs
 * little, as bytes as much as a small value. The bound itself passes as it is.
 */
const unreadKeys = {
  name: 'unread',
  format: 'utf8',
  encode: (key: Uint8Array) => key,
  decode: () => new Uint8Array(0),
} as const;

/** What to do about a damaged database. */
export const restoreHint = 'Restore the directory from a backup; nothing was changed.';

/** What LevelDB has already made when it is killed while making a new database: nothing to lose. */
const unfinished = new Set(['LOCK', 'LOG', 'LOG.old', 'MANIFEST-000001', '000001.dbtmp']);

/**
 * Opens the LevelDB database in `directory`, or makes it there if the directory is empty or absent.
 * Throws `data-directory` where it is not a database, damaged, or in use; nothing is repaired or overwritten.
 */
export async function openLevelStore(directory: string): Promise<OrderedStore> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseForeignFiles(directory);
    await refuseForeignLogs(directory);
    await chmod(directory, 0o700);
    // It opens by itself from here on, so everything must have been checked.
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
    write: (operations) => write(database, operations),
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
 * A chained batch takes half the time of an array, but its copy of the values is freed by the garbage
 * collector only, which does not see its size: so large writes go as an array.
 */
async function write(database: Database, operations: readonly Operation[]): Promise<void> {
  let bytes = 0;
  for (const operation of operations) if (operation.type === 'put') bytes += operation.value.length;
  if (bytes > maxChainedBytes) return database.batch([...operations], { sync: true });
  const batch = database.batch();
  for (const operation of operations) {
    if (operation.type === 'put') batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  }
  await batch.write({ sync: true });
}

/** LevelDB would start a new database beside whatever is there. */
async function refuseForeignFiles(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.includes('CURRENT')) return;
  const foreign = names.find((name) => !unfinished.has(name));
  if (foreign === undefined) return;
  throw new ChatError('data-directory', `${directory} holds other files (${foreign}) and no message log`, {
    hint: 'Choose an empty directory with --data, or restore the missing files from a backup.',
  });
}

/** LevelDB would end the process. */
async function refuseForeignLogs(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!/^\d+\.log$/.test(name) || !(await stat(path)).isFile() || (await canBeReplayed(path))) continue;
    throw new ChatError(
      'data-directory',
      `the message log in ${directory} is damaged: ${name} is another file`,
      {
        hint: restoreHint,
      },
    );
  }
}

/** True if the database may have failed to open since its disk takes no writes: what is in use or damaged has not. */
export function mayBeUnwritable(error: unknown): boolean {
  const cause = databaseError(error instanceof ChatError ? error.cause : error);
  const code = errorCode(cause);
  return code !== '' && code !== 'LEVEL_LOCKED' && !isDamage(cause);
}

/** `abstract-level` wraps what LevelDB says. */
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
