import type { Damage } from './port.js';

/** How often in a row batches were cut short at the same message, after one more batch. `fresh`: new messages in it. */
export function cutShortAfter(before: number, fresh: number, damage: Damage | undefined): number {
  const same = fresh > 0 ? 0 : before;
  return damage?.isCutShort ? same + 1 : same;
}

/**
 * Where to resume. A batch that was cut short is asked for again once, as it may have been broken on its way; then from
 * one message further on each time, so that a message that cannot be read does not hold up those after it.
 */
export function resumeAfter(readUpTo: number, cutShort: number): number {
  return readUpTo + Math.max(0, cutShort - 1);
}
