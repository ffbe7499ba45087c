import { open, readlink, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Replaces a file or a link's target atomically and durably (0600), for one writer; `beforeRename` may throw. */
export async function replaceFile(
  given: string,
  text: string,
  beforeRename: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const path = await linkTarget(given);
  const temporary = `${path}.new`;
  // A file left by a killed writer may have another mode, and a link there must not be followed.
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

async function linkTarget(path: string): Promise<string> {
  const target = await realpath(path).catch(() => undefined);
  if (target !== undefined) return target;
  return readlink(path).then(
    (text) => resolve(dirname(path), text),
    () => path,
  );
}

/** Files that root writes (`sudo chat users`) must stay readable for the server's user. */
async function giveToOwnerOf(directory: string, file: FileHandle): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  await file.chown(uid, gid);
}

/** Makes durable that files were created in the directory. */
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
