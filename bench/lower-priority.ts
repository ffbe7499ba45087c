import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Gives a process that stands for another machine only what the others leave of this one's processors. It must have been
 * started `detached`: Linux shares them out between sessions first (autogroup, sched(7)), where the priority of a single process
 * counts for nothing.
 */
export function yieldProcessors(pid: number): void {
  const lowest = constants.priority.PRIORITY_LOW;
  setPriority(pid, lowest);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(lowest));
  } catch {
    // Such a kernel has no groups, so the priority is enough.
  }
}
