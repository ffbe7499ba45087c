import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { makePrivateFolder } from './private-folder.js';

/** A file for this user alone. Whoever is given it removes it, which never fails. */
export type TemporaryFile = { readonly path: string; remove(): Promise<void> };

/**
 * Gives names of files, none of which is there yet, each in a folder of its own that only this user can enter (mode 0700,
 * by `mkdtemp`). What is not removed goes when the program ends.
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
