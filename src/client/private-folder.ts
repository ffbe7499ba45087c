import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ChatError } from '../shared/errors.js';
import { fileFailure } from '../shared/file-failure.js';

/** Makes a folder that only this user can enter (mode 0700, by `mkdtemp`) under the folder for temporary files. */
export async function makePrivateFolder(temporary: string, prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(temporary, prefix));
  } catch (cause) {
    const message = `the folder for temporary files, ${temporary}, cannot be used: ${fileFailure(cause)}`;
    throw new ChatError('usage', message, { hint: 'Set TMPDIR to a folder that exists.', cause });
  }
}
