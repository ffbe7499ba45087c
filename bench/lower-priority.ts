import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Gives a process that represents another machine only the CPU time that the others leave. It must have been started
 * `detached`: Linux first divides CPU time between sessions (autogroup, sched(7)), regardless of process priorities.
 */
export function lowerPriority(pid: number): void {
  const lowest = constants.priority.PRIORITY_LOW;
  setPriority(pid, lowest);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(lowest));
  } catch {
    // A kernel without autogroups, where the priority is enough.
  }
}
