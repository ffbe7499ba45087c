import { readFile, readlink } from 'node:fs/promises';
import { errorCode } from '../../shared/error-code.js';

/** One process on one machine; a pid alone is given again, and means another process in another container. */
export type ProcessIdentity = {
  readonly pid: number;
  /** When it started, in the kernel's ticks since boot. */
  readonly started: string;
  /** The boot and the namespaces in which pid and start have this meaning, in one word. */
  readonly scope: string;
};

/** This process; undefined where the system does not say enough (not Linux, or parts of /proc are hidden). */
export async function ownIdentity(): Promise<ProcessIdentity | undefined> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
    const pids = await readlink('/proc/self/ns/pid');
    const time = await readlink('/proc/self/ns/time').catch(() => 'time');
    const started = await startOf(process.pid);
    if (started === undefined) return undefined;
    return { pid: process.pid, started, scope: [boot, pids, time].join('/') };
  } catch {
    return undefined;
  }
}

/** Whether a process still runs, as seen by `own`; undefined where that cannot be known for certain. */
export async function isRunning(
  { pid, started, scope }: ProcessIdentity,
  own: ProcessIdentity | undefined,
): Promise<boolean | undefined> {
  if (scope !== own?.scope) return undefined;
  // Asked first: another user's process may be hidden in /proc, but never from a signal.
  if (!exists(pid)) return false;
  const now = await startOf(pid);
  return now === undefined ? undefined : now === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
