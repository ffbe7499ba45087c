import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../shared/error-code.js';
import type { UsersAddedNote } from './users-added.js';
import { usersAddedFileName } from '../files/data-directory.js';
import { replaceFile } from '../files/replace-file.js';

const explanation =
  'Users were added to this chat, so its demo users may not come back, even if accounts.json gets lost.\n';

/** A file, since `chat users` cannot write to the log of a running server. */
export function usersAddedFile(directory: string): UsersAddedNote {
  const path = join(directory, usersAddedFileName);
  return {
    async isSet() {
      try {
        await stat(path);
        return true;
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false;
        throw error;
      }
    },
    set: () => replaceFile(path, explanation),
  };
}
