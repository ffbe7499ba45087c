import { ChatError } from '../shared/errors.js';
import { exitCodeOf } from './exit-codes.js';
import type { Shell } from './shell.js';

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
  shell: Pick<Shell, 'stderr'>,
  options: ReportOptions,
): Promise<number> {
  const error = ChatError.from(thrown);
  const exit = exitCodeOf(error.code);
  if (options.quiet) return exit;
  // Loaded only now: a run that goes well does not need it.
  const [{ sanitiseLine, sanitiseText }, { encodeLine, lineVersion }] = await Promise.all([
    import('../client/terminal/text/sanitise.js'),
    import('../client/lines/json-line.js'),
  ]);
  const message = describeError(error);
  // A server may have written part of it.
  const text = options.json
    ? encodeLine({ v: lineVersion, type: 'error', code: error.code, exit, message })
    : `chat: ${sanitiseLine(message)}`;
  shell.stderr.write(`${text}\n`);
  if (options.debug) shell.stderr.write(`${sanitiseText(stackOf(error))}\n`);
  return exit;
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
