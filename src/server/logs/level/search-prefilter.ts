import { decodedEntries, pageSize } from '../../messages/backward.js';
import type { DecodedEntry, MessageLog } from '../../messages/message-log.js';
import type { TailBuffer } from '../../messages/tail-buffer.js';
import { entryRange } from './level-records.js';
import type { LevelTail } from './level-tail.js';
import { isDamage, type KeyRange, type OrderedStore } from './ordered-store.js';
import { createTextMatcher } from '../../../shared/fold-text.js';

/** What `readPrefiltered` reads from. */
export type PrefilterOptions = {
  /** Skips and reports gaps and damage. */
  readonly readBefore: MessageLog['readBefore'];
  readonly diskBytes: OrderedStore['diskBytes'];
  readonly readTexts: (range: KeyRange) => Promise<readonly string[] | undefined>;
  readonly tail: Pick<LevelTail, 'head' | 'oldest'> & { readonly tailBuffer: Pick<TailBuffer, 'from'> };
};

/** `to` is excluded. */
type Range = { readonly from: number; readonly to: number };

/** Without texts, the entries must be read one by one. */
type Group = Range & { readonly texts?: readonly string[] };

/** A text costs the main thread up to 20 ns per byte: 2 ms if compressed to a third, 80 ms for an image of 4 MB. */
const maxDiskBytes = 32 * 1024;
/** A larger group of only this many entries contains an image or a very long text. */
const minGroupSize = 16;
const maxJoinDistance = 32;
const singleReads = 100;

/**
 * As `MessageLog.prefiltered`. Entries on the disk are filtered as text; `readBefore` reads only those that pass, and
 * every group with large, missing or damaged values.
 */
export async function* readPrefiltered(
  options: PrefilterOptions,
  before: number,
  wanted: string,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  const { readBefore, tail } = options;
  const mightContain = createTextPrefilter(wanted);
  const end = tail.head() + 1;
  let to = before === 0 ? end : Math.min(before, end);
  let count: number = pageSize.maxCount;
  while (to > tail.oldest()) {
    const range = { from: Math.max(tail.oldest(), to - count), to };
    // The newest entries are in memory, and may not be in a table on the disk yet, whose size is known.
    const group: Group = to - 1 > tail.tailBuffer.from() ? range : await readGroup(options, range);
    if (group.texts) {
      yield [];
      yield* readPassing(readBefore, group, mightContain(group.texts));
    } else {
      yield* readRange(readBefore, group);
    }
    to = group.from;
    count = Math.min(pageSize.maxCount, 2 * (group.to - group.from));
  }
}

/** The newest part that is small enough, at least `minGroupSize`. */
async function readGroup(
  { diskBytes, readTexts }: Pick<PrefilterOptions, 'diskBytes' | 'readTexts'>,
  { from, to }: Range,
): Promise<Group> {
  for (let count = to - from; ;) {
    const group = { from: to - count, to };
    const keys = entryRange(group.from, to);
    const bytes = await diskBytes(keys);
    if (bytes <= maxDiskBytes) {
      const texts = await readTexts(keys);
      return texts?.length === count ? { ...group, texts } : group;
    }
    if (count <= minGroupSize) return group;
    count = Math.max(minGroupSize, Math.floor((count * maxDiskBytes) / bytes));
  }
}

/** Undefined if a part is damaged. */
export async function undamagedTexts(
  store: Pick<OrderedStore, 'texts'>,
  range: KeyRange,
): Promise<readonly string[] | undefined> {
  try {
    return await store.texts(range);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Newest first, with some entries in between. */
async function* readPassing(
  readBefore: MessageLog['readBefore'],
  { from, to }: Range,
  passed: readonly boolean[],
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  for (let left = to - from; left > 0;) {
    const newest = passed.lastIndexOf(true, left - 1);
    if (newest < 0) return;
    left = passed.indexOf(true, Math.max(0, newest - maxJoinDistance));
    yield* readRange(readBefore, { from: from + left, to: from + newest + 1 });
  }
}

async function* readRange(
  readBefore: MessageLog['readBefore'],
  { from, to }: Range,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  let before = to;
  while (before > from) {
    const maxCount = Math.min(singleReads, before - from);
    const entries = await readBefore(before, maxCount, pageSize.maxBytes);
    // Across a gap they may be below the range: then they are read again with the next one.
    yield decodedEntries(entries.filter(({ sequence }) => sequence >= from));
    before = entries.at(-1)?.sequence ?? from;
  }
}

/** Which of these stored entries, read as text, may be text messages that contain the search text. */
type TextPrefilter = (stored: readonly string[]) => readonly boolean[];

/** The tag of the content. Before it are only the length of the entry and its timestamp. */
const contentTag = '\u0012';
/** The type (text) and the author, as `encodeUnsequenced` writes them. No text or name has such control characters. */
const afterContent = '\u0018\u0001"';

/** A mark at the beginning of a content may be composed with what precedes it in the entry. */
const leadingMarks = /^\p{M}+/u;

/**
 * Passes every entry that contains `wanted`. The bytes next to a content are ASCII, as is the line break between two, so
 * that folding many at once folds each as it would alone. That is faster, and most groups contain nothing.
 */
export function createTextPrefilter(wanted: string): TextPrefilter {
  const contains = createTextMatcher(wanted.replace(leadingMarks, ''));
  return (stored) => {
    const contents = stored.map(contentIn);
    const isEmpty = !contains(contents.join('\n'));
    return contents.map((content) => !isEmpty && contains(content));
  };
}

/** With its tag and length. A timestamp or sequence may look like letters, whose folding takes several times as long. */
function contentIn(stored: string): string {
  const end = stored.lastIndexOf(afterContent);
  return stored.slice(Math.max(0, stored.indexOf(contentTag)), end < 0 ? undefined : end);
}
