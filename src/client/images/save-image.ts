import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { maxSourceBytes } from './decode/image-header.js';
import { prepareImageInProcess } from './process/prepare-in-process.js';
import { writeNewFile } from './write-new-file.js';

/** Where an image is saved. */
export type SaveTarget = {
  readonly number: number;
  /** A file or a directory, as the user named it; undefined: the current directory. */
  readonly path: string | undefined;
  /** What relative paths start from, and `~/`. */
  readonly directory: string;
  readonly home: string | undefined;
};

/**
 * Saves an image that somebody sent, as a PNG that holds nothing but its pixels, for this user alone. In a
 * directory it is called `chat-N.png`. Returns the file's path.
 * @throws ChatError `already-exists`: nothing is ever overwritten; `message-refused`: the image is damaged;
 * `not-found`: no such directory, or nothing may be written there.
 */
export async function saveImage(bytes: Uint8Array, target: SaveTarget): Promise<string> {
  const { png } = await prepareImageInProcess(bytes, maxSourceBytes);
  const path = await filePath(target);
  await saveAs(path, png);
  return path;
}

/**
 * Writes a file that is not there yet.
 * @throws ChatError as `saveImage` does.
 */
export async function saveAs(path: string, bytes: Uint8Array): Promise<void> {
  await writeNewFile(path, bytes).catch((error: unknown) => {
    throw saveFailure(path, error);
  });
}

async function filePath({ number, path = '.', directory, home }: SaveTarget): Promise<string> {
  const full = resolve(directory, withHome(path, home));
  const isDirectory = await stat(full).then(
    (found) => found.isDirectory(),
    () => /[/\\]$/.test(path),
  );
  return isDirectory ? join(full, `chat-${number}.png`) : full;
}

function withHome(path: string, home: string | undefined): string {
  if (path !== '~' && !path.startsWith('~/')) return path;
  if (home !== undefined) return join(home, path.slice(1));
  throw new ChatError('not-found', 'there is no home directory for ~', {
    hint: 'Set HOME, or give the whole path.',
  });
}

function saveFailure(path: string, cause: unknown): ChatError {
  switch (errorCode(cause)) {
    case 'EEXIST':
      return new ChatError('already-exists', `${path} exists`, { cause });
    case 'ENOENT':
    case 'ENOTDIR':
      return new ChatError('not-found', `${path}: no such directory`, { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ChatError('not-found', `${path}: permission denied`, { cause });
    case 'ENOSPC':
    case 'EDQUOT':
      return new ChatError('internal', `${path}: the disk is full`, { cause });
    default:
      return new ChatError('internal', `${path} cannot be written`, { cause });
  }
}
