import { dedupeWindow, type DedupeWindow } from '../../messages/message-log.js';
import { isOutsideWindow } from '../dedupe-index.js';
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

type NewId = { readonly author: string; readonly id: string; readonly sequence: number };

/** The ids on disk, in one batch with their messages. Unknown ids cost a lookup in LevelDB's filters in memory. */
export type LevelDedupeIndex = {
  find(author: string, id: string): number | undefined;
  /** To be written in one batch with the messages. */
  operations(ids: readonly NewId[]): Operation[];
  /** After a failed write: reads the counts from the store again. */
  reset(): void;
  isPruneDue(): boolean;
  /** Checks some stored ids; the next writes remove those that have left the window. */
  prune(): Promise<void>;
};

/**
 * After this many new ids, twice as many stored ones are checked, so that the index stays below about twice the
 * window. Checking 2,000 at once delayed deliveries by 15 ms.
 */
const pruneEvery = 100;
const maxRemovedPerWrite = 100;

/** Reads from `store`; the caller writes the operations. */
export function createLevelDedupeIndex(
  store: Pick<OrderedStore, 'get' | 'scan'>,
  times: Pick<LevelClock, 'stamp' | 'forIds'>,
  window: DedupeWindow = dedupeWindow,
): LevelDedupeIndex {
  const counts = new Map<string, number>();
  let removable: Uint8Array[] = [];
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

  const isForgotten = (author: string, { time, ordinal }: DedupeRecord): boolean => {
    const ageMs = (times.forIds.now() ?? time) - time;
    return isOutsideWindow(window, ageMs, countOf(author) - ordinal);
  };

  const isRemovable = (key: Uint8Array): boolean => {
    const stored = store.get(key);
    const remembered = stored && readDedupeRecord(stored);
    return !remembered || isForgotten(idAuthor(key), remembered);
  };

  return {
    find(author, id) {
      const stored = store.get(idKey(author, id));
      const remembered = stored && readDedupeRecord(stored);
      return remembered && !isForgotten(author, remembered) ? remembered.sequence : undefined;
    },
    operations(ids) {
      const time = times.stamp();
      // Checked again: the id may have been used again since. If it is used in this very write, its put comes later.
      const operations = removable.splice(0, maxRemovedPerWrite).filter(isRemovable).map(del);
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
    isPruneDue: () => !pruning && added >= pruneEvery && removable.length === 0,
    async prune() {
      pruning = true;
      added = 0;
      try {
        const found: Uint8Array[] = [];
        let left = pruneEvery * 2;
        let next = allIds.from;
        await store.scan({ from: cursor, to: allIds.to }, ([key, value]) => {
          const remembered = readDedupeRecord(value);
          if (!remembered || isForgotten(idAuthor(key), remembered)) found.push(key);
          next = Uint8Array.of(...key, 0);
          return --left > 0;
        });
        cursor = left > 0 ? allIds.from : next;
        removable = found;
      } finally {
        pruning = false;
      }
    },
  };
}
