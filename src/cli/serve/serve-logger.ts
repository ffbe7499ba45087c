import { pino, type Logger } from 'pino';
import { isDumbTerminal } from '../../client/terminal/dumb-terminal.js';
import type { LogSettings } from './serve-options.js';
import type { Shell } from '../shell.js';

/** The server's log, on stderr: for people on a terminal, else one JSON object a line. */
export async function createLogger(
  { level, format }: LogSettings,
  { stderr, env }: Pick<Shell, 'stderr' | 'env'>,
): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if ((format ?? (stderr.isTTY ? 'pretty' : 'json')) === 'json') {
    // Asynchronous: a log reader that stalls must not stall the chat. What is pending is flushed at the end.
    return pino(options, pino.destination({ dest: 2, sync: false }));
  }
  const { default: pretty } = await import('pino-pretty');
  const colorize = stderr.isTTY === true && !env.NO_COLOR && !isDumbTerminal(env, process.platform);
  return pino(options, pretty({ colorize, translateTime: 'SYS:HH:MM:ss', destination: stderr }));
}
