import { rmSync } from 'node:fs';
import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ChatError } from '../../shared/errors.js';
import { fileFailure } from '../../shared/file-failure.js';

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
