import type { Clock } from '../../shared/clock.js';
import { dedupeWindow, type DedupeWindow } from '../room/message-log.js';

/** The idempotency keys of each author within `dedupeWindow`, in memory. */
export type DedupeIndex = {
  find(author: string, id: string): number | undefined;
  /** Remembers a non-empty id and forgets that author's ids that have left the window. */
  remember(author: string, id: string, sequence: number): void;
};

type Remembered = { sequence: number; time: number };

/** In each author's map the oldest ids come first. */
export function createDedupeIndex(clock: Clock, window: DedupeWindow = dedupeWindow): DedupeIndex {
  const authors = new Map<string, Map<string, Remembered>>();
  const isExpired = ({ time }: Remembered): boolean => clock.monotonicMs() - time >= window.maxAgeMs;

  return {
    find(author, id) {
      const remembered = authors.get(author)?.get(id);
      return remembered && !isExpired(remembered) ? remembered.sequence : undefined;
    },
    remember(author, id, sequence) {
      const known = authors.get(author) ?? new Map<string, Remembered>();
      authors.set(author, known);
      known.delete(id);
      known.set(id, { sequence, time: clock.monotonicMs() });
      for (const [oldest, remembered] of known) {
        if (known.size <= window.maxCount && !isExpired(remembered)) break;
        known.delete(oldest);
      }
    },
  };
}

/** Author and id as one string: an author's name contains no control character. */
export function dedupeKey(author: string, id: string): string {
  return `${author}\u0000${id}`;
}
