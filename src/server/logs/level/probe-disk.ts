import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';

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

export async function isUnwritable(directory: string): Promise<boolean> {
  try {
    await probeDisk(directory);
    return false;
  } catch (error) {
    return unwritable.has(errorCode(error));
  }
}
