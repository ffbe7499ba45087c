import { constants, rmSync } from 'node:fs';
import { mkdir, open, readlink, realpath, rename, rm, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve, join } from 'node:path';
import process from 'node:process';
import { withoutMark } from '../../shared/byte-order-mark.js';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { exposureOf } from '../../shared/file-exposure.js';
import { fileFailure } from '../../shared/file-failure.js';

/** Reads a file that only this user can change; undefined if there is none. Throws `usage`. */
export async function readOwnFile(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, opening a named pipe waits for its writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const exposure = exposureOf(path, await handle.stat(), { allowsOwnGroup: true });
      if (exposure) throw new ChatError('usage', exposure.message, { hint: exposure.hint });
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      if (bytesRead > maxBytes) throw new ChatError('usage', `${path} has over ${maxBytes} bytes`);
      return withoutMark(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof ChatError) throw cause;
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(cause))) return undefined;
    throw new ChatError('usage', `cannot read ${path}: ${fileFailure(cause)}`, { cause });
  }
}

/** Replaces a file (0600) atomically; of a symbolic link, the target. Rejects with the system's error. */
export async function replaceOwnFile(link: string, text: string): Promise<void> {
  const path = await linkTarget(link);
  const draft = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // A draft of a killed process may have another mode, and a link there must not be followed.
    await rm(draft, { force: true });
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The target need not exist. A path that is not a link is returned as it is. */
async function linkTarget(path: string): Promise<string> {
  const target = await realpath(path).catch(() => undefined);
  if (target !== undefined) return target;
  return readlink(path).then(
    (text) => resolve(dirname(path), text),
    () => path,
  );
}

/** Only this user can read it. The owner must remove it; `remove` never rejects. */
export type TemporaryFile = { readonly path: string; remove(): Promise<void> };

/** Each file has its own private folder. All remaining files are removed when the process exits. */
export function temporaryFiles(prefix: string, parent = tmpdir()): () => Promise<TemporaryFile> {
  const folders = new Set<string>();
  const removeAll = (): void => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };

  return async () => {
    const folder = await makePrivateFolder(parent, prefix);
    if (folders.size === 0) process.once('exit', removeAll);
    folders.add(folder);
    return {
      path: join(folder, 'content'),
      async remove() {
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
        folders.delete(folder);
        if (folders.size === 0) process.off('exit', removeAll);
      },
    };
  };
}

/** `mkdtemp` creates the folder with mode 0700. */
export async function makePrivateFolder(temporary: string, prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(temporary, prefix));
  } catch (cause) {
    const message = `the folder for temporary files, ${temporary}, cannot be used: ${fileFailure(cause)}`;
    throw new ChatError('usage', message, { hint: 'Set TMPDIR to a folder that exists.', cause });
  }
}
