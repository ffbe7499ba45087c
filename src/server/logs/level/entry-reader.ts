import { decodeMessages } from '../../../shared/codec.js';
import { matches, placementOf, type Entry } from '../../messages/message-log.js';
import type { EntryRange } from '../log-tail.js';
import { entryKey, entryRange, keyNumber } from './level-records.js';
import { isDamage, type OrderedStore, type Pair } from './ordered-store.js';

/** Missing sequences, both ends included. */
export type Gap = { readonly from: number; readonly to: number };

type ReadOptions = EntryRange & {
  /** Called for every gap in the range, at every read. */
  readonly onGap: (gap: Gap) => void;
};

/** How many entries are read one by one after the database reported damage. */
const singleReads = 1000;

/** Reads entries in order. Damaged and missing ones are left out and reported as gaps. */
export async function readEntries(store: OrderedStore, options: ReadOptions): Promise<readonly Entry[]> {
  return (await readRange(store, options)).entries;
}

/** `isFull`: ended by the limits, not by the range. */
export type RangeRead = { readonly entries: readonly Entry[]; readonly isFull: boolean };

/** As `readEntries`. */
export async function readRange(store: OrderedStore, options: ReadOptions): Promise<RangeRead> {
  const { from, to, newestFirst, maxCount, maxBytes, onGap, of } = options;
  const step = newestFirst ? -1 : 1;
  const entries: Entry[] = [];
  if (from > to) return { entries, isFull: false };
  if (from === to) return readOnly(store, options);
  let bytes = 0;
  let position = newestFirst ? to : from;
  let expected = position;

  const reportGap = (found: number): void => {
    if (found === expected) return;
    onGap(newestFirst ? { from: found + 1, to: expected } : { from: expected, to: found - 1 });
  };
  const take = (entry: Entry | undefined): boolean => {
    if (!entry) return true;
    const isWanted = matches(entry, of);
    const fits = !isWanted || entries.length === 0 || bytes + entry.bytes.length <= maxBytes;
    if (!fits || entries.length >= maxCount) return false;
    reportGap(entry.sequence);
    position = entry.sequence + step;
    expected = position;
    if (!isWanted) return true;
    entries.push(entry);
    bytes += entry.bytes.length;
    return entries.length < maxCount;
  };

  while (position >= from && position <= to) {
    const rest = newestFirst ? entryRange(from, position + 1) : entryRange(position, to + 1);
    try {
      const page = { pageBytes: pageBytes(maxBytes), pagePairs: maxCount - entries.length };
      const options = { ...rest, reverse: newestFirst, ...page };
      if (await store.scan(options, (pair) => take(readEntry(pair)))) break;
      return { entries, isFull: true };
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    for (let count = 0; count < singleReads && position >= from && position <= to; count++) {
      const sequence = position;
      if (!take(await readOne(store, sequence))) return { entries, isFull: true };
      position = sequence + step;
    }
  }
  reportGap(newestFirst ? from - 1 : to + 1);
  return { entries, isFull: false };
}

/** As `readRange` of a single sequence, in a fraction of the time that an iterator takes. */
async function readOnly(
  store: OrderedStore,
  { from, to, maxCount, of, onGap }: ReadOptions,
): Promise<RangeRead> {
  const entry = await readOne(store, from);
  if (!entry) onGap({ from, to });
  const entries = entry && maxCount > 0 && matches(entry, of) ? [entry] : [];
  return { entries, isFull: entries.length >= maxCount };
}

async function readOne(store: OrderedStore, sequence: number): Promise<Entry | undefined> {
  try {
    const key = entryKey(sequence);
    const bytes = await store.read(key);
    return bytes && readEntry([key, bytes]);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** LevelDB does not verify checksums, and one damaged entry would break the batch for every reader. */
function readEntry([key, bytes]: Pair): Entry | undefined {
  const sequence = keyNumber(key);
  try {
    const [message, ...others] = decodeMessages(bytes);
    if (message?.sequence !== sequence || others.length > 0) return undefined;
    return { sequence, bytes, ...placementOf(message) };
  } catch {
    return undefined;
  }
}

/** A compromise between bytes read in vain and switches between threads. */
function pageBytes(maxBytes: number): number {
  return Math.min(Math.max(maxBytes / 4, 16 * 1024), 1024 * 1024);
}
