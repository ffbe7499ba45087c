import type { Clock } from '../../shared/clock.js';
import { idWindow } from '../room/message-log.js';

/** The ids that authors gave their messages, within `idWindow`, in memory. */
export type RememberedIds = {
  find(author: string, id: string): number | undefined;
  /** Remembers a non-empty id and forgets that author's ids that have left the window. */
  remember(author: string, id: string, sequence: number): void;
};

type Place = { sequence: number; time: number };

/** Makes an empty memory. Each author's ids stand in the order in which they came, so the oldest are first. */
export function createRememberedIds(clock: Clock): RememberedIds {
  const authors = new Map<string, Map<string, Place>>();
  const isOver = ({ time }: Place): boolean => clock.monotonicMs() - time >= idWindow.milliseconds;

  return {
    find(author, id) {
      const place = authors.get(author)?.get(id);
      return place && !isOver(place) ? place.sequence : undefined;
    },
    remember(author, id, sequence) {
      const places = authors.get(author) ?? new Map<string, Place>();
      authors.set(author, places);
      // An id that came back after its window moves to the end.
      places.delete(id);
      places.set(id, { sequence, time: clock.monotonicMs() });
      for (const [oldest, place] of places) {
        if (places.size <= idWindow.count && !isOver(place)) break;
        places.delete(oldest);
      }
    },
  };
}

/** An author's id as one text: an author's name holds no control character. */
export function idName(author: string, id: string): string {
  return `${author}\u0000${id}`;
}
