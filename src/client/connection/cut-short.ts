import type { Damage } from './port.js';

/**
 * How many consecutive batches were cut short at the same message. `fresh`: how many new messages the last
 * one had.
 */
export function cutShortAfter(before: number, fresh: number, damage: Damage | undefined): number {
  const same = fresh > 0 ? 0 : before;
  return damage?.isCutShort ? same + 1 : same;
}

/**
 * Where to resume. A batch that was cut short is requested once more, since it may have been damaged in
 * transit; after that, one message further on each time, so that an unreadable message does not block the
 * following ones.
 */
export function resumeAfter(readUpTo: number, cutShort: number): number {
  return readUpTo + Math.max(0, cutShort - 1);
}
