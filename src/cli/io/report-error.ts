import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { exitCodeOf } from './exit.js';
import type { IO } from './io.js';

/** How a command reports its failure. */
export type ReportOptions = {
  /** Adds the stack and the causes. */
  readonly debug?: boolean;
  /** One JSON object instead of the line. */
  readonly json?: boolean;
  /** Nothing is printed. */
  readonly quiet?: boolean;
};

/** Reports a failure on stderr and resolves to its exit code. */
export async function reportError(
  thrown: unknown,
  io: Pick<IO, 'stderr'>,
  options: ReportOptions,
): Promise<number> {
  const error = withOpenFilesLimit(ChatError.from(thrown));
  const exit = exitCodeOf(error.code);
  if (options.quiet) return exit;
  const message = describeError(error);
  const text = await loadTexts().catch(() => undefined);
  if (!text) {
    io.stderr.write(`chat: ${message.replace(/[^ -~]/g, '?')}\n`);
    return exit;
  }
  const { sanitiseLine, sanitiseText, encodeLine, lineVersion } = text;
  // Part of it may come from a server.
  const line = options.json
    ? encodeLine({ v: lineVersion, type: 'error', code: error.code, exit, message })
    : errorRows(error).map(sanitiseLine).join('\n');
  io.stderr.write(`${line}\n`);
  if (options.debug) io.stderr.write(`${sanitiseText(stackOf(error))}\n`);
  return exit;
}

/** Loaded only when needed; fails if no file descriptor is left. */
async function loadTexts() {
  const [sanitise, jsonLine] = await Promise.all([
    import('../../client/terminal/text/sanitise.js'),
    import('../../client/lines/message-line.js'),
  ]);
  return { ...sanitise, ...jsonLine };
}

/** What happened, then what to try next: `no server answers at localhost:65002. Start one with: chat serve`. */
export function describeError({ message, rows, hint }: ChatError): string {
  const whole = rows.length === 0 ? message : `${message}: ${rows.join(', ')}`;
  if (hint === undefined) return whole;
  const sentence = /[.!?:]$/.test(whole) ? whole : `${whole}.`;
  return `${sentence} ${capitalised(hint)}`;
}

/** The same with its rows and the hint below the message. */
function errorRows(error: ChatError): string[] {
  const { message, rows, hint } = error;
  if (rows.length === 0) return [`chat: ${describeError(error)}`];
  return [`chat: ${message}`, ...rows.map((row) => `  ${row}`), ...(hint ? [capitalised(hint)] : [])];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}

const maxCauses = 8;

/** Replaces a failure caused by a lack of file descriptors by one that names the limit. */
function withOpenFilesLimit(error: ChatError): ChatError {
  const code = openFilesCode(error, maxCauses);
  if (code === 'ENFILE') {
    return new ChatError('internal', 'this machine has too many open files', {
      hint: 'End other programs, or raise the limit of the system.',
      cause: error,
    });
  }
  if (code !== 'EMFILE') return error;
  return new ChatError('internal', `too many open files: the limit of this process is ${openFilesLimit()}`, {
    hint: 'Raise it, for instance: ulimit -n 1024',
    cause: error,
  });
}

function openFilesCode(thrown: unknown, depth: number): 'EMFILE' | 'ENFILE' | undefined {
  if (depth === 0 || !(thrown instanceof Error)) return undefined;
  const code = errorCode(thrown);
  if (code === 'EMFILE' || code === 'ENFILE') return code;
  // LevelDB reports it only as text.
  if (code.startsWith('LEVEL_') && /too many open files$/i.test(thrown.message)) return 'EMFILE';
  return openFilesCode(thrown.cause, depth - 1);
}

/** The soft limit, which Node provides only in its report. */
function openFilesLimit(): string {
  const { report } = process;
  // Otherwise the report looks up the names of all connected addresses.
  Object.assign(report, { excludeNetwork: true });
  const limits = (report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } })
    .userLimits;
  return String(limits?.open_files?.soft ?? 'unknown');
}
