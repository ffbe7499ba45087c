import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ChatError } from '../../shared/errors.js';
import type { TemporaryFile } from '../system/temporary-file.js';
import { raceAbort } from '../../shared/async/race-abort.js';
import type { ClipboardContent } from './clipboard.js';

/** What is used of `clipboardy`. Its images are PNG files in a new folder each time, also those made from TIFF. */
export type Pasteboard = {
  readImages(): Promise<string[]>;
  read(): Promise<string>;
};

/** Reads the macOS pasteboard. A copied image file comes as an image, too. */
export async function readMacos(signal: AbortSignal, pasteboard?: Pasteboard): Promise<ClipboardContent> {
  const read = readPasteboard(pasteboard);
  const content = await raceAbort(signal, read);
  // What comes too late is not left on the disk.
  if (signal.aborted) {
    void read.then((late) => (late !== content && late.type === 'image' ? late.file.remove() : undefined));
  }
  return content ?? { type: 'nothing', reason: { kind: 'timed-out' } };
}

async function readPasteboard(given: Pasteboard | undefined): Promise<ClipboardContent> {
  try {
    const pasteboard = given ?? (await import('clipboardy')).default;
    const [file, ...more] = await pasteboard.readImages();
    // Several ones are read later; the system clears its temporary folder.
    if (file !== undefined && more.length > 0) return { type: 'files', paths: [file, ...more] };
    if (file !== undefined) return { type: 'image', file: ofClipboardy(file) };
    const text = await pasteboard.read();
    if (text !== '') return { type: 'text', text };
    return { type: 'nothing', reason: { kind: 'no-image-or-text' } };
  } catch (error) {
    return { type: 'nothing', reason: { kind: 'failed', detail: ChatError.from(error).message } };
  }
}

/** A file that goes with the folder that was made for it. */
function ofClipboardy(file: string): TemporaryFile {
  const folder = path.dirname(file);
  return {
    path: file,
    remove: () => rm(folder, { recursive: true, force: true }).catch(() => undefined),
  };
}
