import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';
import { syncDirectory } from '../../files/replace-file.js';

/** What a log was known to hold, kept beside its database: who loses the end of the one still has the other. */
export type HighWater = {
  /** A sequence that was surely stored. A log that ends before it has lost messages. */
  readonly stored: number;
  /** No sequence above this one was ever given. */
  readonly reserved: number;
};

/** Keeps the high-water mark of an open log. */
export type HighWaterMark = {
  /** Resolves when every sequence up to `sequence` may be given: mostly at once, for each `reservedPerFlush` with a flush. */
  reserve(sequence: number): Promise<void>;
  /** Notes that everything up to `sequence` is stored, in the background and without a flush. */
  noteStored(sequence: number): void;
  /** Flushes what was noted. */
  close(): Promise<void>;
};

/** So many sequences are reserved with one flush; after a loss at most so many are left out. */
const reservedPerFlush = 10_000;
const fileName = 'high-water';
/** Of one length, so that the file is overwritten in place, within a block of any disk. */
const form = /^chat high-water stored (\d{16}) reserved (\d{16})\n$/;

/** The mark in a log's directory; undefined where there is none, or none that can be read. */
export async function readHighWater(directory: string): Promise<HighWater | undefined> {
  try {
    const [, stored, reserved] = form.exec(await readFile(join(directory, fileName), 'latin1')) ?? [];
    return stored === undefined ? undefined : { stored: Number(stored), reserved: Number(reserved) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps the mark in `directory`. `onFailed` hears of marks that could not be noted; reservations reject instead. */
export function createHighWaterMark(
  directory: string,
  start: HighWater,
  onFailed: (error: unknown) => void,
): HighWaterMark {
  let { stored, reserved } = start;
  let writing: Promise<void> = Promise.resolve();
  let isNoteDue = false;
  let file: FileHandle | undefined;

  const write = async (mark: HighWater, flush: boolean): Promise<void> => {
    file ??= await openOrMake(directory);
    await file.write(encode(mark), 0, 'latin1');
    if (flush) await file.datasync();
  };

  /** One write at a time. */
  const enqueue = (task: () => Promise<void>): Promise<void> => {
    const done = writing.then(task);
    writing = done.catch(() => undefined);
    return done;
  };

  return {
    async reserve(sequence) {
      if (sequence <= reserved) return;
      const next = sequence + reservedPerFlush;
      await enqueue(() => write({ stored, reserved: next }, true));
      reserved = next;
    },
    noteStored(sequence) {
      stored = Math.max(stored, sequence);
      if (isNoteDue) return;
      isNoteDue = true;
      enqueue(() => {
        isNoteDue = false;
        return write({ stored, reserved }, false);
      }).catch(onFailed);
    },
    async close() {
      await enqueue(() => write({ stored, reserved }, true)).catch(onFailed);
      await file?.close();
    },
  };
}

/** Removes the mark of a log that starts again. */
export async function removeHighWater(directory: string): Promise<void> {
  await rm(join(directory, fileName), { force: true });
}

async function openOrMake(directory: string): Promise<FileHandle> {
  const path = join(directory, fileName);
  try {
    const file = await open(path, 'r+');
    // What was no mark may have had any length.
    await file.truncate(encode({ stored: 0, reserved: 0 }).length);
    return file;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const file = await open(path, 'wx', 0o600);
  await syncDirectory(directory);
  return file;
}

function encode({ stored, reserved }: HighWater): string {
  return `chat high-water stored ${digits(stored)} reserved ${digits(reserved)}\n`;
}

function digits(sequence: number): string {
  return String(sequence).padStart(16, '0');
}
