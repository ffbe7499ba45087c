import process from 'node:process';
import { isatty } from 'node:tty';
import type { Clock } from '../../shared/clock.js';
import { signalExitCodes } from './exit-codes.js';

/** What Node does on threads of its own: looking up names, and work on files. */
const onThreads = /^(?:GetAddrInfo|GetNameInfo|FS)Req/;
const lookEvery = 20;

function threadsAreBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => onThreads.test(name));
}

/** Resolves as soon as no name is looked up and no file worked on, or after so many milliseconds; to whether that is so. */
export async function untilThreadsRest(milliseconds: number, clock: Clock): Promise<boolean> {
  for (let waited = 0; threadsAreBusy() && waited < milliseconds; waited += lookEvery) {
    await new Promise<void>((resolve) => void clock.after(lookEvery, resolve));
  }
  return !threadsAreBusy();
}

// Where one of these is gone, Node 20 fails an assertion when it exits: it cannot reset the terminal (nodejs/node#51519).
const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));

/** Whether a terminal that this process began with was closed. */
export function terminalIsGone(): boolean {
  return terminals.some((descriptor) => !isatty(descriptor));
}

/** Ends this process: with an exit code or, where Node could not, by a signal, which a shell counts as the same. */
export function exitProcess(code: number): never {
  const signal = signalInPlaceOf(code);
  if (signal !== undefined) {
    // What `process.exit` does first.
    (process as NodeJS.EventEmitter).emit('exit', code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code);
}

/**
 * Node waits for its threads when it exits: for many seconds where no name server answers, for ever where a drive does not.
 * So the exit code of a signal then becomes that signal.
 */
function signalInPlaceOf(code: number): NodeJS.Signals | undefined {
  if (terminalIsGone()) return 'SIGHUP';
  return threadsAreBusy() ? signalsOf[code] : undefined;
}

const signalsOf: Readonly<Record<number, NodeJS.Signals>> = Object.fromEntries(
  Object.entries(signalExitCodes).map(([signal, code]) => [code, signal as NodeJS.Signals]),
);
