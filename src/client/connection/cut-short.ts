import type { Damage } from './port.js';

/** Counts consecutive batches that were cut short at the same message. `fresh`: new messages in the last one. */
export function cutShortAfter(before: number, fresh: number, damage: Damage | undefined): number {
  const same = fresh > 0 ? 0 : before;
  return damage?.isCutShort ? same + 1 : same;
}

/** Requests the batch once more, in case of damage in transit; then each retry skips one message. */
export function resumeAfter(readUpTo: number, cutShort: number): number {
  return readUpTo + Math.max(0, cutShort - 1);
}
