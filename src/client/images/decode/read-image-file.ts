import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { imageKind, maxSourceBytes } from './image-header.js';

const signatureBytes = 12;

/**
 * The bytes of a file that should be an image; what is in it is not looked at. Only ordinary files are read:
 * a named pipe or a device could wait or go on forever.
 * @param path absolute, or relative to the current directory
 * @throws ChatError `not-found`: missing, unreadable or no ordinary file; `message-too-large`: over 64 MiB.
 */
export async function readImageFile(path: string): Promise<Uint8Array> {
  const file = await openToRead(path);
  try {
    const size = await fileSize(file, path);
    if (size > maxSourceBytes) {
      const sizes = `${formatByteSize(size)}: over ${formatByteSize(maxSourceBytes)}`;
      throw new ChatError('message-too-large', `${path} is ${sizes}`);
    }
    return await readStart(file, size);
  } finally {
    await file.close();
  }
}

/** True for an ordinary file that starts like an image of an accepted kind. Never rejects. */
export async function isImageFile(path: string): Promise<boolean> {
  let file: FileHandle | undefined;
  try {
    file = await openToRead(path);
    const size = await fileSize(file, path);
    return imageKind(await readStart(file, Math.min(size, signatureBytes))) !== undefined;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    // Opening a named pipe would wait for its writer.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new ChatError('not-found', `${path}: ${openFailure(cause)}`, { cause });
  }
}

async function fileSize(file: FileHandle, path: string): Promise<number> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new ChatError('not-found', `${path} is not a file`);
  return stat.size;
}

/** The first `length` bytes; fewer if the file has shrunk meanwhile. */
async function readStart(file: FileHandle, length: number): Promise<Uint8Array> {
  // Not filled with zeros first, which would hold up the loop; what is not read is not handed out.
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function openFailure(cause: unknown): string {
  const code = typeof cause === 'object' && cause && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return 'cannot be opened';
}
