import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeNewFile } from '../../../client/images/save-image.js';
import type { ImageLine } from '../../../client/lines/message-line.js';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { fileFailure } from '../../../shared/file-failure.js';

/** How many different files of one number are kept. */
const maxVariants = 100;

/** Creates the directory for images and returns its absolute path. Throws `usage` if it cannot be used. */
export async function imageDirectory(path: string, cwd: string): Promise<string> {
  const directory = resolve(cwd, path);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new ChatError('usage', `--save-images: cannot use ${path}: ${fileFailure(cause)}`, { cause });
  }
}

/** Saves an image as `chat-N.png` for its owner only; never overwrites a file or saves an image twice. */
export async function saveImage({ number, size, content }: ImageLine, directory: string): Promise<string> {
  const suffix = size ? 'png' : 'bin';
  for (let variant = 1; variant <= maxVariants; variant++) {
    const name = variant === 1 ? `chat-${number}` : `chat-${number}-${variant}`;
    const path = resolve(directory, `${name}.${suffix}`);
    try {
      await writeNewFile(path, content);
      return path;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') {
        throw new ChatError('internal', `cannot save ${path}: ${fileFailure(cause)}`, { cause });
      }
      if (await hasContent(path, content)) return path;
    }
  }
  throw new ChatError('internal', `${directory} has ${maxVariants} other files named chat-${number}`);
}

async function hasContent(path: string, content: Uint8Array): Promise<boolean> {
  return readFile(path).then(
    (bytes) => Buffer.compare(bytes, content) === 0,
    () => false,
  );
}
