import { constants, type Stats } from 'node:fs';
import { access } from 'node:fs/promises';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { exposureOf } from '../../shared/file-exposure.js';

/** Throws `usage`, with the command that fixes it, if others can read or change the file. */
export async function refuseExposedSecret(path: string, stats: Stats): Promise<void> {
  // A pipe has no mode of its own.
  if (!stats.isFile()) return;
  const exposure = exposureOf(path, stats, { isSecret: true });
  // A container's secrets are mounted read-only and mostly readable for all: their mode cannot be changed.
  if (!exposure || (await isOnReadOnlyMount(path))) return;
  throw new ChatError('usage', exposure.message, { hint: exposure.hint });
}

async function isOnReadOnlyMount(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return false;
  } catch (error) {
    return errorCode(error) === 'EROFS';
  }
}
