import { ChatError } from '../../shared/errors.js';
import { sanitiseLine, sanitiseText } from './text/sanitise.js';
import { truncate } from './text/truncate.js';

/** The events of a process after which it ends. */
type EndEvent =
  'exit' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'uncaughtException' | 'unhandledRejection';

/** The part of `process` that is used. */
type EndingProcess = {
  on(event: EndEvent, listener: (argument: unknown) => void): unknown;
  off(event: EndEvent, listener: (argument: unknown) => void): unknown;
  readonly pid: number;
  kill(pid: number, signal: 'SIGQUIT'): unknown;
};

/** A stream of the terminal, watched for the terminal's end. */
type TerminalStream = {
  on(event: 'end' | 'error', listener: () => void): unknown;
  off(event: 'end' | 'error', listener: () => void): unknown;
};

/** What `restoreOnExit` needs. */
export type RestoreOnExit = {
  readonly process: EndingProcess;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  readonly stdin: TerminalStream;
  readonly stdout: TerminalStream;
  /** Gives the terminal back; must not throw. */
  readonly restore: () => void;
  /** Writes to stderr before it returns. */
  readonly report: (text: string) => void;
  /** Report crashes with their stack. */
  readonly debug: boolean;
};

/** By convention 128 and the signal's number. */
const signalExits = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const crashExit = 1;

/**
 * Gives the terminal back on every way out: signals (exit 128 + n; SIGQUIT then ends the process as it always does,
 * with a core dump where those are kept), crashes (reported, exit 1), a terminal that is gone (exit 129, silent) and
 * plain exit. The returned function ends the watch.
 */
export function restoreOnExit({
  process,
  exit,
  stdin,
  stdout,
  restore,
  report,
  debug,
}: RestoreOnExit): () => void {
  let isEnding = false;
  const end = (code: number) => {
    // Giving back a terminal that is gone fails, which says again that it is gone.
    if (isEnding) return;
    isEnding = true;
    restore();
    exit(code);
  };
  const onCrash = (thrown: unknown) => {
    restore();
    report(crashReport(thrown, debug));
    exit(crashExit);
  };
  const onQuit = () => {
    restore();
    // Without a listener the signal does what it does by default.
    process.off('SIGQUIT', onQuit);
    process.kill(process.pid, 'SIGQUIT');
  };
  const onGone = () => end(signalExits.SIGHUP);
  const listeners: readonly (readonly [EndEvent, (argument: unknown) => void])[] = [
    ['exit', restore],
    ['SIGHUP', onGone],
    ['SIGINT', () => end(signalExits.SIGINT)],
    ['SIGTERM', () => end(signalExits.SIGTERM)],
    ['SIGQUIT', onQuit],
    ['uncaughtException', onCrash],
    ['unhandledRejection', onCrash],
  ];
  for (const [event, listener] of listeners) process.on(event, listener);
  // stdin ends or fails with EIO, stdout fails with EIO or EPIPE.
  stdin.on('end', onGone);
  stdin.on('error', onGone);
  stdout.on('error', onGone);
  return () => {
    for (const [event, listener] of listeners) process.off(event, listener);
    stdin.off('end', onGone);
    stdin.off('error', onGone);
    stdout.off('error', onGone);
  };
}

/** What stderr says of a crash: at most three lines; with `debug` the stack too. */
function crashReport(thrown: unknown, debug: boolean): string {
  const { message, hint } = ChatError.from(thrown);
  const lines = [`chat: unexpected failure: ${truncate(sanitiseLine(message), 300)}`];
  if (hint !== undefined) lines.push(truncate(sanitiseLine(hint), 300));
  if (debug) lines.push(sanitiseText((thrown instanceof Error ? thrown.stack : undefined) ?? 'no stack'));
  else lines.push('Run it again with --debug to see where.');
  return `${lines.join('\n')}\n`;
}
