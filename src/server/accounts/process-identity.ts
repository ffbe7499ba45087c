import { readFile, readlink } from 'node:fs/promises';
import { errorCode } from '../../shared/error-code.js';

/** Identifies a process across containers and reboots, where a pid alone is reused. */
export type ProcessIdentity = {
  readonly pid: number;
  /** In kernel ticks since boot. */
  readonly started: string;
  /** The boot and the namespaces in which `pid` and `started` are valid; contains no space. */
  readonly scope: string;
};

/** Undefined if the system is not Linux or hides parts of /proc. */
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

/** Undefined if that cannot be known for certain. */
export async function isRunning(
  { pid, started, scope }: ProcessIdentity,
  own: ProcessIdentity | undefined,
): Promise<boolean | undefined> {
  if (scope !== own?.scope) return undefined;
  // Checked first: /proc may hide another user's process, a signal does not.
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
    // The second field, the program's name in parentheses, may itself contain spaces and parentheses.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
