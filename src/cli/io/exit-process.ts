import process from 'node:process';
import { isatty } from 'node:tty';
import type { Clock } from '../../shared/clock.js';
import { signalExitCodes } from './exit-codes.js';

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
