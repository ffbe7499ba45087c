import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';

/** LevelDB needs room for a new log and a table before it opens: less than this and it fails again at once. */
const chunkBytes = 1024 * 1024;
const chunks = 8;

/**
 * Writes and flushes a file of 8 MiB in `directory` and removes it; rejects with Node's error if the disk
 * does not take it. The bytes are random, so that a compressing file system cannot make them small.
 */
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

/** What a disk answers that is full, over its quota, or mounted for reading only. */
const unwritable = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']);

/** Whether the disk of `directory` takes no writes, but can be read. */
export async function isUnwritable(directory: string): Promise<boolean> {
  try {
    await probeDisk(directory);
    return false;
  } catch (error) {
    return unwritable.has(errorCode(error));
  }
}
