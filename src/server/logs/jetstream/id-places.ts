import type { Clock } from '../../../shared/clock.js';
import { idWindow, type IdWindow } from '../../room/message-log.js';
import { idName } from '../id-name.js';

/**
 * Where the newest messages with ids stand. NATS tells duplicates; this spares it the common case, and knows of an
 * id whether it is so far back that it may be used again.
 */
export type IdPlaces = {
  /** The sequence of an author's id, within `idWindow`. */
  find(author: string, id: string): number | undefined;
  /** The last sequence with that author's id, however long ago; 0 where it is not known. */
  last(author: string, id: string): number;
  /** An id counts from the moment when this server first sees it: after a restart it is known for longer. */
  remember(author: string, id: string, sequence: number): void;
};

/** More than twice one author's window. So many took 55 MB with ids of 21 characters, 79 MB with the longest ones. */
const maxPlaces = 200_000;

type Place = { readonly sequence: number; readonly seenAt: number; readonly ordinal: number };

/** Makes an empty index. The oldest places go when there are too many. */
export function createIdPlaces(clock: Clock, window: IdWindow = idWindow): IdPlaces {
  const places = new Map<string, Place>();
  /** How many ids of each author came. */
  const counts = new Map<string, number>();

  return {
    find(author, id) {
      const place = places.get(idName(author, id));
      if (!place) return undefined;
      const later = (counts.get(author) ?? 0) - place.ordinal;
      const isOver = later >= window.count || clock.monotonicMs() - place.seenAt >= window.milliseconds;
      return isOver ? undefined : place.sequence;
    },
    last: (author, id) => places.get(idName(author, id))?.sequence ?? 0,
    remember(author, id, sequence) {
      const ordinal = (counts.get(author) ?? 0) + 1;
      counts.set(author, ordinal);
      const key = idName(author, id);
      // An id that came back stands at the end.
      places.delete(key);
      places.set(key, { sequence, seenAt: clock.monotonicMs(), ordinal });
      if (places.size <= maxPlaces) return;
      const [oldest] = places.keys();
      if (oldest !== undefined) places.delete(oldest);
    },
  };
}
