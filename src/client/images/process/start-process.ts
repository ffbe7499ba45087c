import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process that does `PictureJob`s, and its pipes. */
export type JobProcess = ChildProcessByStdio<Writable, Readable, null>;

/** Keys come first where processors are scarce. With the lowest priority a picture took a minute beside two busy programs. */
const { PRIORITY_BELOW_NORMAL: priority } = constants.priority;

// Run from its sources, as tests are, the program needs a loader; when built, all parts are one folder deep.
const program = import.meta.url.endsWith('.ts')
  ? ['--import', 'tsx', pathOf('./main.ts')]
  : [pathOf('../client/images/process/main.js')];

/** Starts a process for pictures, without what the environment tells this program: a password may be there. */
export function startProcess(): JobProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CHAT_')));
  const child = spawn(process.execPath, program, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env,
    windowsHide: true,
  });
  try {
    // Before it has started a thread: on Linux each has a priority of its own, which it inherits.
    if (child.pid !== undefined) setPriority(child.pid, priority);
  } catch {
    // Works all the same.
  }
  return child;
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
