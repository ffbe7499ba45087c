import { dedupeWindow, type DedupeWindow } from '../../room/message-log.js';
import type { LevelClock } from './level-clock.js';
import {
  allIds,
  authorKey,
  del,
  idAuthor,
  idKey,
  idPut,
  numbers,
  put,
  readDedupeRecord,
  readNumbers,
  type DedupeRecord,
} from './level-records.js';
import type { Operation, OrderedStore } from './ordered-store.js';

/** An id that is being stored with the message at `sequence`. */
type NewId = { readonly author: string; readonly id: string; readonly sequence: number };

/**
 * The ids that are remembered on disk. Nothing is loaded at the start: an unknown id costs a look into the
 * database's filters in memory, a known one a small read.
 */
export type LevelDedupeIndex = {
  /** The sequence of a stored id within the window. */
  find(author: string, id: string): number | undefined;
  /** What to write together with the messages, so that both last or neither does. */
  operations(ids: readonly NewId[]): Operation[];
  /** After a write that failed: counts again from what is stored. */
  reset(): void;
  /** True when enough ids were added for another `prune`. */
  isPruneDue(): boolean;
  /** Looks at some stored ids; the next writes remove those that have left the window. */
  prune(): Promise<void>;
};

/**
 * After this many new ids, twice as many stored ones are looked at, round and round. So the index stays below
 * about twice the window, and pruning costs in proportion to writing. Few at once: looking at 2,000 held up deliveries for 15 ms.
 */
const pruneEvery = 100;
/** At most this many are removed with one write, so that no write becomes slow. */
const maxRemovedPerWrite = 100;

/** Makes the index over `store`. */
export function createLevelDedupeIndex(
  store: Pick<OrderedStore, 'get' | 'scan'>,
  times: Pick<LevelClock, 'stamp' | 'forIds'>,
  window: DedupeWindow = dedupeWindow,
): LevelDedupeIndex {
  /** How many ids each author has used; read when an author first appears. */
  const counts = new Map<string, number>();
  let dead: Uint8Array[] = [];
  let added = 0;
  let pruning = false;
  let cursor = allIds.from;

  const countOf = (author: string): number => {
    const known = counts.get(author);
    if (known !== undefined) return known;
    const stored = store.get(authorKey(author));
    const count = (stored && readNumbers(stored, 1)?.[0]) ?? 0;
    counts.set(author, count);
    return count;
  };

  const isOver = (author: string, { time, ordinal }: DedupeRecord): boolean => {
    const now = times.forIds.now();
    const isOld = now !== undefined && now - time >= window.maxAgeMs;
    return isOld || countOf(author) - ordinal >= window.maxCount;
  };

  const isDead = (key: Uint8Array): boolean => {
    const stored = store.get(key);
    const remembered = stored && readDedupeRecord(stored);
    return !remembered || isOver(idAuthor(key), remembered);
  };

  return {
    find(author, id) {
      const stored = store.get(idKey(author, id));
      const remembered = stored && readDedupeRecord(stored);
      return remembered && !isOver(author, remembered) ? remembered.sequence : undefined;
    },
    operations(ids) {
      const time = times.stamp();
      // Looked at again: it may have come back meanwhile. One that comes back in this very write is put after.
      const operations = dead.splice(0, maxRemovedPerWrite).filter(isDead).map(del);
      const authors = new Set<string>();
      for (const { author, id, sequence } of ids) {
        const ordinal = countOf(author) + 1;
        counts.set(author, ordinal);
        authors.add(author);
        operations.push(idPut(author, id, { sequence, time, ordinal }));
      }
      for (const author of authors) operations.push(put(authorKey(author), numbers(countOf(author))));
      added += ids.length;
      return operations;
    },
    reset: () => counts.clear(),
    isPruneDue: () => !pruning && added >= pruneEvery && dead.length === 0,
    async prune() {
      pruning = true;
      added = 0;
      try {
        const found: Uint8Array[] = [];
        let left = pruneEvery * 2;
        let next = allIds.from;
        await store.scan({ from: cursor, to: allIds.to }, ([key, value]) => {
          const remembered = readDedupeRecord(value);
          if (!remembered || isOver(idAuthor(key), remembered)) found.push(key);
          next = Uint8Array.of(...key, 0);
          return --left > 0;
        });
        cursor = left > 0 ? allIds.from : next;
        dead = found;
      } finally {
        pruning = false;
      }
    },
  };
}
