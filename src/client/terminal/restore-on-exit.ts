import { ChatError } from '../../shared/errors.js';
import { sanitiseLine, sanitiseText } from './text/sanitise.js';
import { truncate } from './text/text-width.js';

type EndEvent =
  'exit' | 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'uncaughtException' | 'unhandledRejection';

type EndingProcess = {
  on(event: EndEvent, listener: (argument: unknown) => void): unknown;
  off(event: EndEvent, listener: (argument: unknown) => void): unknown;
  readonly pid: number;
  kill(pid: number, signal: 'SIGQUIT'): unknown;
};

type TerminalStream = {
  on(event: 'end' | 'error', listener: () => void): unknown;
  off(event: 'end' | 'error', listener: () => void): unknown;
};

type RestoreOnExit = {
  readonly process: EndingProcess;
  readonly exit: (code: number) => void;
  readonly stdin: TerminalStream;
  readonly stdout: TerminalStream;
  readonly restore: () => void;
  /** Must be synchronous. */
  readonly report: (text: string) => void;
  readonly debug: boolean;
};

/** By convention, 128 plus the signal's number. */
const signalExits = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const crashExit = 1;

/** Restores the terminal before every end: signals, crashes, a closed terminal, plain exit. */
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
    // Restoring a closed terminal fails, which reports again that it is closed.
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
    // Without a listener the signal has its default effect, a core dump.
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
  // A closed terminal ends stdin or fails it with EIO; stdout fails with EIO or EPIPE.
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

function crashReport(thrown: unknown, debug: boolean): string {
  const { message, hint } = ChatError.from(thrown);
  const lines = [`chat: unexpected failure: ${truncate(sanitiseLine(message), 300)}`];
  if (hint !== undefined) lines.push(truncate(sanitiseLine(hint), 300));
  if (debug) lines.push(sanitiseText((thrown instanceof Error ? thrown.stack : undefined) ?? 'no stack'));
  else lines.push('Run it again with --debug to see where.');
  return `${lines.join('\n')}\n`;
}
