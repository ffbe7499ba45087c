import { write as writeDescriptor } from 'node:fs';
import { pino, type Logger } from 'pino';
import { isDumbTerminal } from '../../../client/terminal/dumb-terminal.js';
import { systemClock, type Clock } from '../../../shared/clock.js';
import { errorCode } from '../../../shared/error-code.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { IO } from '../../io/io.js';
import type { LogSettings } from './serve-options.js';

/** The server log. */
type ServeLogger = { readonly logger: Logger; readonly flushed: LogSink['flushed'] };

const standardError = 2;

/** The server log on stderr: readable on a terminal, else one JSON object per line. */
export async function createLogger(
  { level, format }: LogSettings,
  { stderr, env }: Pick<IO, 'stderr' | 'env'>,
): Promise<ServeLogger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const isPretty = (format ?? (stderr.isTTY ? 'pretty' : 'json')) === 'pretty';
  const layOut = isPretty
    ? await prettyLayout(stderr.isTTY === true && !env.NO_COLOR && !isDumbTerminal(env, process.platform))
    : asItIs;
  const sink = createLogSink({
    // Not through `process.stderr`, which may block: a stalled log reader must not stall the chat.
    write: (bytes) =>
      new Promise((resolve, reject) => {
        writeDescriptor(standardError, bytes, (error, written) => (error ? reject(error) : resolve(written)));
      }),
    clock: systemClock,
    describeLoss(lines, reason) {
      let described = '';
      pino(options, { write: (line: string) => void (described = layOut(line)) }).error(
        { lines, reason: reason === undefined ? 'its reader is too slow' : thrownMessage(reason) },
        'log lines were lost: the log could not be written',
      );
      return described;
    },
  });
  return {
    logger: pino(options, { write: (line: string) => sink.write(layOut(line)) }),
    flushed: () => sink.flushed(),
  };
}

const asItIs = (line: string): string => line;

async function prettyLayout(colorize: boolean): Promise<(line: string) => string> {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss' });
}

/** Never throws, never blocks and buffers a bounded amount; lines that cannot be written are lost. */
type LogSink = {
  /** The line includes its newline. */
  write(line: string): void;
  /** Resolves when all lines so far are written or lost. */
  flushed(): Promise<void>;
};

/** The ports of a log sink. */
type LogSinkOptions = {
  /** Writes some of the first bytes and resolves to their number; rejects with the system's error. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  readonly clock: Clock;
  /** The line that reports lost lines once writing works again. `reason`: undefined if the reader was too slow. */
  readonly describeLoss: (lostLines: number, reason: unknown) => string;
};

/** Buffered for a slow reader. */
const maxWaitingBytes = 4 * 1024 * 1024;
const batchLines = 100;
const retryDelayMs = 100;

/** The reader is slow, and another process has made the descriptor non-blocking. */
const temporary: ReadonlySet<string> = new Set(['EAGAIN', 'EBUSY', 'EINTR']);
const newline = Buffer.from('\n');

/** Writes lines in the background, several at a time. */
export function createLogSink({ write, clock, describeLoss }: LogSinkOptions): LogSink {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  let loss: { lines: number; reason: unknown } | undefined;
  /** The last write ended in the middle of a line. */
  let isTorn = false;
  let writing: Promise<void> | undefined;

  const lose = (lines: number, reason: unknown): void => {
    loss = { lines: (loss?.lines ?? 0) + lines, reason: reason ?? loss?.reason };
  };

  /** Writes as much as possible; resolves to the number of bytes and what stopped it. */
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
      if (count === 0) await new Promise<void>((resolve) => void clock.after(retryDelayMs, resolve));
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
