import { randomBytes } from 'node:crypto';
import { stat, link, open, rename, rm } from 'node:fs/promises';
import { join, resolve, basename, dirname } from 'node:path';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { maxSourceBytes } from './decode/image-header.js';
import { type ImageProcess, prepareImageInProcess } from './process/image-process.js';

type SaveTarget = {
  readonly number: number;
  /** Undefined: the current directory. */
  readonly path: string | undefined;
  readonly directory: string;
  readonly home: string | undefined;
};

/** Saves a private PNG without metadata; in a directory, as `chat-N.png`. Throws `already-exists`, never overwrites. */
export async function saveImage(
  imageProcess: ImageProcess,
  bytes: Uint8Array,
  target: SaveTarget,
): Promise<string> {
  const { png } = await prepareImageInProcess(imageProcess, bytes, maxSourceBytes);
  const path = await filePath(target);
  await saveAs(path, png);
  return path;
}

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

const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Creates a private file, complete or not. Follows no link. Rejects with the system's error, such as `EEXIST`. */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
  );
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(bytes).finally(() => file.close());
    await putInPlace(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!withoutLinks.has(errorCode(error))) throw error;
    // Without hard links, the name is reserved first, so that no other file is replaced.
    await (await open(path, 'wx', 0o600)).close();
    await rename(draft, path);
  }
}
