import type { Clock } from '../../shared/clock.js';
import { dedupeWindow, type DedupeWindow } from '../room/message-log.js';

/** The ids that authors gave their messages, within `dedupeWindow`, in memory. */
export type DedupeIndex = {
  find(author: string, id: string): number | undefined;
  /** Remembers a non-empty id and forgets that author's ids that have left the window. */
  remember(author: string, id: string, sequence: number): void;
};

type Remembered = { sequence: number; time: number };

/** Makes an empty memory. Each author's ids stand in the order in which they came, so the oldest are first. */
export function createDedupeIndex(clock: Clock, window: DedupeWindow = dedupeWindow): DedupeIndex {
  const authors = new Map<string, Map<string, Remembered>>();
  const isOver = ({ time }: Remembered): boolean => clock.monotonicMs() - time >= window.maxAgeMs;

  return {
    find(author, id) {
      const remembered = authors.get(author)?.get(id);
      return remembered && !isOver(remembered) ? remembered.sequence : undefined;
    },
    remember(author, id, sequence) {
      const places = authors.get(author) ?? new Map<string, Remembered>();
      authors.set(author, places);
      // An id that came back after its window moves to the end.
      places.delete(id);
      places.set(id, { sequence, time: clock.monotonicMs() });
      for (const [oldest, remembered] of places) {
        if (places.size <= window.maxCount && !isOver(remembered)) break;
        places.delete(oldest);
      }
    },
  };
}

/** An author's id as one text: an author's name holds no control character. */
export function dedupeKey(author: string, id: string): string {
  return `${author}\u0000${id}`;
}
