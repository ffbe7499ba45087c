import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ChatError } from '../../shared/errors.js';
import type { TemporaryFile } from '../system/private-file.js';
import { raceAbort } from '../../shared/async/race-abort.js';
import type { ClipboardContent } from './clipboard.js';

/** The used part of `clipboardy`. It writes images as PNG files to a new folder each time. */
export type Pasteboard = {
  readImages(): Promise<string[]>;
  read(): Promise<string>;
};

/** A copied image file is read as an image, too. */
export async function readMacos(signal: AbortSignal, pasteboard?: Pasteboard): Promise<ClipboardContent> {
  const read = readPasteboard(pasteboard);
  const content = await raceAbort(signal, read);
  // Removes an image that arrives after the timeout.
  if (signal.aborted) {
    void read.then((late) => (late !== content && late.type === 'image' ? late.file.remove() : undefined));
  }
  return content ?? { type: 'nothing', reason: { kind: 'timed-out' } };
}

async function readPasteboard(given: Pasteboard | undefined): Promise<ClipboardContent> {
  try {
    const pasteboard = given ?? (await import('clipboardy')).default;
    const [file, ...more] = await pasteboard.readImages();
    // These are read later, so they are left to the system, which clears its temporary folder.
    if (file !== undefined && more.length > 0) return { type: 'files', paths: [file, ...more] };
    if (file !== undefined) return { type: 'image', file: temporaryFileOf(file) };
    const text = await pasteboard.read();
    if (text !== '') return { type: 'text', text };
    return { type: 'nothing', reason: { kind: 'no-image-or-text' } };
  } catch (error) {
    return { type: 'nothing', reason: { kind: 'failed', detail: ChatError.from(error).message } };
  }
}

function temporaryFileOf(file: string): TemporaryFile {
  const folder = path.dirname(file);
  return {
    path: file,
    remove: () => rm(folder, { recursive: true, force: true }).catch(() => undefined),
  };
}
