import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { formatByteSize } from '../../../shared/byte-size.js';
import { ChatError } from '../../../shared/errors.js';
import { imageKind, maxSourceBytes } from './image-header.js';

const signatureBytes = 12;

/** Reads ordinary files only: a device may never end. Throws `not-found`, or `message-too-large` over 64 MiB. */
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

/** Never rejects. */
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
    // Without O_NONBLOCK, opening a named pipe waits for its writer.
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

async function readStart(file: FileHandle, length: number): Promise<Uint8Array> {
  // Filling with zeros would block the event loop; unread bytes are not returned.
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
