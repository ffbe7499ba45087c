import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';
import { thrownMessage } from '../../../shared/thrown-message.js';

/** LevelDB needs space for a new log and a table before it opens: with less it fails again at once. */
const chunkBytes = 1024 * 1024;
const chunks = 8;

/** Rejects with Node's error if the disk is full. Random bytes, since a file system may compress. */
export async function probeDisk(directory: string): Promise<void> {
  const path = join(directory, 'space-probe');
  try {
    const file = await open(path, 'w', 0o600);
    try {
      const chunk = randomBytes(chunkBytes);
      for (let written = 0; written < chunks; written++) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}

const unwritable = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']);

const problems: readonly (readonly [RegExp, string])[] = [
  [/ENOSPC|no space left/i, 'its disk is full'],
  [/EDQUOT|quota/i, 'its disk quota is used up'],
  [/EROFS|read-only/i, 'its disk is read-only'],
  [/EACCES|EPERM|permission denied|not permitted/i, 'it must not write to its data directory'],
  [/EMFILE|ENFILE|too many open files/i, 'it has too many open files'],
];

/** A failed write in words for users, without paths; `undefined`: the write does not return. */
export function diskProblem(error: unknown): string {
  if (error === undefined) return 'its disk does not answer';
  const text = `${errorCode(error)} ${causes(error).map(thrownMessage).join(' ')}`;
  return problems.find(([pattern]) => pattern.test(text))?.[1] ?? 'its disk cannot be written';
}

/** LevelDB's own error is the cause of the library's. */
function causes(error: unknown): unknown[] {
  return error instanceof Error && error.cause !== undefined ? [error, ...causes(error.cause)] : [error];
}

export async function isUnwritable(directory: string): Promise<boolean> {
  try {
    await probeDisk(directory);
    return false;
  } catch (error) {
    return unwritable.has(errorCode(error));
  }
}
