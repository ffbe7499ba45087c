import type { Clock } from '../../../shared/clock.js';
import { errorCode } from '../../../shared/error-code.js';

/** Where log lines go. It never throws, never blocks and holds a bounded amount: what cannot be written is lost. */
export type LogSink = {
  /** Takes one line with its newline. */
  write(line: string): void;
  /** Resolves when every line taken so far is written or lost. */
  flushed(): Promise<void>;
};

/** What a sink works with. */
export type LogSinkOptions = {
  /** Writes some of the bytes from the beginning and resolves to how many; rejects with the system's error. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  readonly clock: Clock;
  /** The line that reports lost lines, once writing works again. `reason`: undefined where the reader was too slow. */
  readonly describeLoss: (lostLines: number, reason: unknown) => string;
};

/** What waits for a slow reader at most. */
const maxWaitingBytes = 4 * 1024 * 1024;
const batchLines = 100;
const retryInterval = 100;

/** The reader is slow, and the descriptor shared with somebody who made it non-blocking. */
const temporary: ReadonlySet<string> = new Set(['EAGAIN', 'EBUSY', 'EINTR']);
const newline = Buffer.from('\n');

/** Makes an empty sink. */
export function createLogSink({ write, clock, describeLoss }: LogSinkOptions): LogSink {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let loss: { lines: number; reason: unknown } | undefined;
  /** The last thing written is the beginning of a line. */
  let isTorn = false;
  let writing: Promise<void> | undefined;

  const lose = (lines: number, reason: unknown): void => {
    loss = { lines: (loss?.lines ?? 0) + lines, reason: reason ?? loss?.reason };
  };

  /** Writes all of it, or as much as can be written; resolves to how much, and to what stopped it. */
  const writeAll = async (bytes: Uint8Array): Promise<{ written: number; failure?: unknown }> => {
    let written = 0;
    while (written < bytes.length) {
      let count = 0;
      try {
        count = await write(bytes.subarray(written));
      } catch (error) {
        if (!temporary.has(errorCode(error))) return { written, failure: error };
      }
      written += count;
      if (count === 0) await new Promise<void>((resolve) => void clock.after(retryInterval, resolve));
    }
    return { written };
  };

  const writeBatch = async (lines: readonly Buffer[]): Promise<void> => {
    const reported = loss;
    const before = [
      ...(isTorn ? [newline] : []),
      ...(reported ? [Buffer.from(describeLoss(reported.lines, reported.reason))] : []),
    ];
    const bytes = Buffer.concat([...before, ...lines]);
    const { written, failure } = await writeAll(bytes);
    if (written > 0) isTorn = bytes[written - 1] !== newline[0];
    let end = sizeOf(before);
    // More may have been lost while this was written.
    if (reported && written >= end && loss) loss = { ...loss, lines: loss.lines - reported.lines };
    const whole = lines.filter(({ length }) => written >= (end += length)).length;
    if (whole < lines.length) lose(lines.length - whole, failure);
    if (loss?.lines === 0) loss = undefined;
  };

  const writeWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting.splice(0, batchLines);
      await writeBatch(lines);
      waitingBytes -= sizeOf(lines);
    }
    writing = undefined;
  };

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (waitingBytes + bytes.length > maxWaitingBytes) {
        lose(1, undefined);
        return;
      }
      waiting.push(bytes);
      waitingBytes += bytes.length;
      writing ??= writeWaiting();
    },
    flushed: () => writing ?? Promise.resolve(),
  };
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
