import { ChatError } from '../../shared/errors.js';
import { exitCodeOf } from './exit-codes.js';
import { namingOpenFiles } from './open-files.js';
import type { IO } from './io.js';

/** How a verb wants its failure told. */
export type ReportOptions = {
  /** Adds the stack and what led to it. */
  readonly debug?: boolean;
  /** One JSON object in place of the line. */
  readonly json?: boolean;
  /** Nothing: the exit code tells. */
  readonly quiet?: boolean;
};

/** Tells on stderr what went wrong and gives the exit code for it. */
export async function reportError(
  thrown: unknown,
  io: Pick<IO, 'stderr'>,
  options: ReportOptions,
): Promise<number> {
  const error = namingOpenFiles(ChatError.from(thrown));
  const exit = exitCodeOf(error.code);
  if (options.quiet) return exit;
  const message = describeError(error);
  const text = await loadTexts().catch(() => undefined);
  if (!text) {
    io.stderr.write(`chat: ${message.replace(/[^ -~]/g, '?')}\n`);
    return exit;
  }
  const { sanitiseLine, sanitiseText, encodeLine, lineVersion } = text;
  // A server may have written part of it.
  const line = options.json
    ? encodeLine({ v: lineVersion, type: 'error', code: error.code, exit, message })
    : `chat: ${sanitiseLine(message)}`;
  io.stderr.write(`${line}\n`);
  if (options.debug) io.stderr.write(`${sanitiseText(stackOf(error))}\n`);
  return exit;
}

/** Loaded only when needed, since a run that goes well does without; fails where no file descriptor is left. */
async function loadTexts() {
  const [sanitise, jsonLine] = await Promise.all([
    import('../../client/terminal/text/sanitise.js'),
    import('../../client/lines/json-line.js'),
  ]);
  return { ...sanitise, ...jsonLine };
}

/** What happened, then the next thing to try: `no server answers at localhost:65002. Start one with: chat serve`. */
export function describeError({ message, hint }: ChatError): string {
  if (hint === undefined) return message;
  const sentence = /[.!?:]$/.test(message) ? message : `${message}.`;
  return `${sentence} ${hint.charAt(0).toUpperCase()}${hint.slice(1)}`;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}
