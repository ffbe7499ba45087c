import { open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Puts `text` in the place of a file or of what a link leads to, for its owner only (0600): whoever reads it, and whatever crashes, finds
 * the old file or the new one, whole. Durable when it resolves. One writer at a time; what `beforeRename`
 * throws leaves the old file.
 */
export async function replaceFile(
  given: string,
  text: string,
  beforeRename: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const path = await linkTarget(given);
  const temporary = `${path}.new`;
  // What a killed writer left may have another mode, and a link there must not be followed.
  await rm(temporary, { force: true });
  try {
    await syncedAndClosed(await open(temporary, 'wx', 0o600), async (file) => {
      await file.writeFile(text);
      await giveToOwnerOf(dirname(path), file);
    });
    await beforeRename();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** What a link leads to, also where nothing is there yet; any other path as it is. */
async function linkTarget(path: string): Promise<string> {
  const target = await realpath(path).catch(() => undefined);
  if (target !== undefined) return target;
  return readlink(path).then(
    (text) => resolve(dirname(path), text),
    () => path,
  );
}

/** What root writes, as `sudo chat users` does, must stay readable for the account that the server runs as. */
async function giveToOwnerOf(directory: string, file: FileHandle): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  await file.chown(uid, gid);
}

/** Makes durable that a file was made in a directory. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory; there the rename itself is journalled.
  if (process.platform === 'win32') return;
  await syncedAndClosed(await open(path, 'r'), () => Promise.resolve());
}

async function syncedAndClosed(file: FileHandle, write: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
