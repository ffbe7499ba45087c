import { open, type FileHandle } from 'node:fs/promises';

/** So much is decoded in a turn of the event loop: a millisecond or two. A multiple of four letters. */
const lettersATurn = 1024 * 1024;

/**
 * Turns the base64 in a file, from a position on, into what it means: then the file holds nothing else. It takes no
 * other room, since what is written is always shorter than what was read.
 */
export async function decodeBase64File(path: string, from: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(await decode(file, from));
  } finally {
    await file.close();
  }
}

/** Returns how many bytes were written from the start of the file. */
async function decode(file: FileHandle, from: number): Promise<number> {
  const letters = Buffer.allocUnsafeSlow(lettersATurn);
  let written = 0;
  for (let at = from; ;) {
    const { bytesRead } = await file.read(letters, 0, letters.length, at);
    if (bytesRead === 0) return written;
    // Four letters make three bytes; what is left over at the end is padding's line end, if anything.
    const length = bytesRead < 4 ? bytesRead : bytesRead - (bytesRead % 4);
    const bytes = Buffer.from(letters.toString('latin1', 0, length), 'base64');
    await file.write(bytes, 0, bytes.length, written);
    at += length;
    written += bytes.length;
  }
}
