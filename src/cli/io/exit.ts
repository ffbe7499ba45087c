import process from 'node:process';
import { isatty } from 'node:tty';
import type { Clock } from '../../shared/clock.js';
import { errorTraits, type ErrorCode } from '../../shared/errors.js';

export const exitCodes = {
  done: 0,
  unexpected: errorTraits.internal.exitCode,
  usage: errorTraits.usage.exitCode,
  hungUp: 129,
  interrupted: errorTraits.cancelled.exitCode,
  terminated: 143,
} as const;

/** The meaning of each exit code, for the manual page; `docs/errors.md` has the same words. */
export const exitMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'unexpected failure'],
  [2, 'usage'],
  [3, 'server unreachable, or time-out'],
  [4, 'login refused'],
  [5, 'rate limited'],
  [6, 'message refused'],
  [7, 'certificate not trusted, or changed'],
  [8, 'no such room or message, or not permitted'],
  [129, 'hung up (SIGHUP)'],
  [130, 'interrupted (SIGINT)'],
  [143, 'terminated (SIGTERM)'],
];

export function exitCodeOf(code: ErrorCode): number {
  return errorTraits[code].exitCode;
}

/** 128 plus the number of the signal, as shells report it. */
export const signalExitCodes = {
  SIGHUP: exitCodes.hungUp,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;

/** What Node does on other threads: looking up names and accessing files. */
const onThreads = /^(?:GetAddrInfo|GetNameInfo|FS)Req/;
const pollIntervalMs = 20;

function threadsAreBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => onThreads.test(name));
}

/** Waits until no name lookup and no file access is in progress; resolves to false after the timeout. */
export async function untilThreadsIdle(timeoutMs: number, clock: Clock): Promise<boolean> {
  for (let waitedMs = 0; threadsAreBusy() && waitedMs < timeoutMs; waitedMs += pollIntervalMs) {
    await new Promise<void>((resolve) => void clock.after(pollIntervalMs, resolve));
  }
  return !threadsAreBusy();
}

// If one of these was closed, Node 20 fails an assertion at exit: it cannot reset the terminal (nodejs/node#51519).
const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));

export function terminalIsGone(): boolean {
  return terminals.some((descriptor) => !isatty(descriptor));
}

/** Ends this process with an exit code or, where Node could not, by the signal that a shell reports as that code. */
export function exitProcess(code: number): never {
  const signal = signalInsteadOf(code);
  if (signal !== undefined) {
    // What `process.exit` does first.
    (process as NodeJS.EventEmitter).emit('exit', code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code);
}

/** At exit Node waits for its threads, possibly forever; the signal of the exit code ends the process at once. */
function signalInsteadOf(code: number): NodeJS.Signals | undefined {
  if (terminalIsGone()) return 'SIGHUP';
  return threadsAreBusy() ? signalsOf[code] : undefined;
}

const signalsOf: Readonly<Record<number, NodeJS.Signals>> = Object.fromEntries(
  Object.entries(signalExitCodes).map(([signal, code]) => [code, signal as NodeJS.Signals]),
);
