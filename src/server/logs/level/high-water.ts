import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';
import { syncDirectory } from '../../files/replace-file.js';

/** Stored beside the database, so that it survives if the database loses its end. */
export type HighWater = {
  /** A sequence that was certainly stored. A log that ends before it has lost messages. */
  readonly stored: number;
  /** No sequence above this one was ever used. */
  readonly reserved: number;
};

/** The high-water mark of an open log. */
export type HighWaterMark = {
  /** Resolves when `sequence` may be used: usually at once, every `reservedPerFlush` sequences after a flush. */
  reserve(sequence: number): Promise<void>;
  /** Records that everything up to `sequence` is stored, in the background and without a flush. */
  noteStored(sequence: number): void;
  close(): Promise<void>;
};

/** Sequences reserved with one flush; after a loss at most this many are skipped. */
const reservedPerFlush = 10_000;
const fileName = 'high-water';
/** Of constant length, so that it is overwritten in place, within one disk block. */
const form = /^chat high-water stored (\d{16}) reserved (\d{16})\n$/;

/** Undefined if there is no valid mark. */
export async function readHighWater(directory: string): Promise<HighWater | undefined> {
  try {
    const [, stored, reserved] = form.exec(await readFile(join(directory, fileName), 'latin1')) ?? [];
    return stored === undefined ? undefined : { stored: Number(stored), reserved: Number(reserved) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** `onFailed` is notified if `noteStored` or `close` cannot write; `reserve` rejects instead. */
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
    file ??= await openOrCreate(directory);
    await file.write(encode(mark), 0, 'latin1');
    if (flush) await file.datasync();
  };

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

export async function removeHighWater(directory: string): Promise<void> {
  await rm(join(directory, fileName), { force: true });
}

async function openOrCreate(directory: string): Promise<FileHandle> {
  const path = join(directory, fileName);
  try {
    const file = await open(path, 'r+');
    // A damaged file may have any length.
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
