import type { Clock } from '../../shared/clock.js';
import { dedupeWindow, type DedupeWindow } from '../messages/message-log.js';

/** The idempotency keys within `dedupeWindow`, in memory. */
export type DedupeIndex = {
  /** The sequence of an author's id, within the window. */
  find(author: string, id: string): number | undefined;
  /** The last sequence with that author's id, regardless of the window; 0 if unknown. */
  last(author: string, id: string): number;
  /** An empty id is ignored. */
  remember(author: string, id: string, sequence: number): void;
};

/** More than two authors' windows. 200,000 took 55 MB with ids of 21 characters, 79 MB with the longest ones. */
const maxKeys = 200_000;

type Remembered = { readonly sequence: number; readonly seenAt: number; readonly ordinal: number };

/** When there are too many ids, the oldest of all authors are evicted. */
export function createDedupeIndex(clock: Clock, window: DedupeWindow = dedupeWindow): DedupeIndex {
  const known = new Map<string, Remembered>();
  const counts = new Map<string, number>();

  return {
    find(author, id) {
      const remembered = known.get(dedupeKey(author, id));
      if (!remembered) return undefined;
      const laterIds = (counts.get(author) ?? 0) - remembered.ordinal;
      const ageMs = clock.monotonicMs() - remembered.seenAt;
      return isOutsideWindow(window, ageMs, laterIds) ? undefined : remembered.sequence;
    },
    last: (author, id) => known.get(dedupeKey(author, id))?.sequence ?? 0,
    remember(author, id, sequence) {
      if (id === '') return;
      const ordinal = (counts.get(author) ?? 0) + 1;
      counts.set(author, ordinal);
      const key = dedupeKey(author, id);
      known.delete(key);
      known.set(key, { sequence, seenAt: clock.monotonicMs(), ordinal });
      if (known.size <= maxKeys) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}

/** `laterIds`: how many ids its author has used since. */
export function isOutsideWindow(window: DedupeWindow, ageMs: number, laterIds: number): boolean {
  return ageMs >= window.maxAgeMs || laterIds >= window.maxCount;
}

/** Author and id as one string: an author's name contains no control character. */
export function dedupeKey(author: string, id: string): string {
  return `${author}\u0000${id}`;
}
