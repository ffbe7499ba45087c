import { write as writeDescriptor } from 'node:fs';
import { pino, type Logger } from 'pino';
import { isDumbTerminal } from '../../../client/terminal/dumb-terminal.js';
import { systemClock } from '../../../shared/clock.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { LogSettings } from './serve-options.js';
import type { IO } from '../../io/io.js';
import { createLogSink, type LogSink } from './log-sink.js';

/** The server log. */
export type ServeLogger = { readonly logger: Logger; readonly flushed: LogSink['flushed'] };

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
