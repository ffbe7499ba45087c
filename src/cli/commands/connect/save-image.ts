import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeNewFile } from '../../../client/images/write-new-file.js';
import type { ImageLine } from '../../../client/lines/message-line.js';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { fileFailure } from '../../../shared/file-failure.js';

/** So many files of one number may differ before it is given up. */
const mostVariants = 100;

/** Makes the directory for pictures; where that cannot be, a usage error. Returns its absolute path. */
export async function imageDirectory(path: string, cwd: string): Promise<string> {
  const directory = resolve(cwd, path);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new ChatError('usage', `--save-images: cannot use ${path}: ${fileFailure(cause)}`, { cause });
  }
}

/**
 * Saves a picture as `chat-N.png`, readable for its owner only, under a name of our own: never the sender's. Another
 * file is never overwritten, and the same picture not saved twice. Returns the path.
 */
export async function saveImage({ number, size, content }: ImageLine, directory: string): Promise<string> {
  const suffix = size ? 'png' : 'bin';
  for (let variant = 1; variant <= mostVariants; variant++) {
    const name = variant === 1 ? `chat-${number}` : `chat-${number}-${variant}`;
    const path = resolve(directory, `${name}.${suffix}`);
    try {
      await writeNewFile(path, content);
      return path;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') {
        throw new ChatError('internal', `cannot save ${path}: ${fileFailure(cause)}`, { cause });
      }
      if (await holds(path, content)) return path;
    }
  }
  throw new ChatError('internal', `${directory} holds ${mostVariants} other files named chat-${number}`);
}

async function holds(path: string, content: Uint8Array): Promise<boolean> {
  return readFile(path).then(
    (bytes) => Buffer.compare(bytes, content) === 0,
    () => false,
  );
}
