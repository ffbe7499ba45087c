import { rmSync } from 'node:fs';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ChatError } from '../../shared/errors.js';
import { fileFailure } from '../../shared/file-failure.js';

/** A file that only this user can read. Its owner removes it; `remove` never rejects. */
export type TemporaryFile = { readonly path: string; remove(): Promise<void> };

/**
 * Returns a function that names new files, each in a folder of its own that only this user can enter (mode
 * 0700, by `mkdtemp`). Files that are left are removed when the program ends.
 */
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

/** Makes a folder that only this user can enter (mode 0700, by `mkdtemp`). */
export async function makePrivateFolder(temporary: string, prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(temporary, prefix));
  } catch (cause) {
    const message = `the folder for temporary files, ${temporary}, cannot be used: ${fileFailure(cause)}`;
    throw new ChatError('usage', message, { hint: 'Set TMPDIR to a folder that exists.', cause });
  }
}
