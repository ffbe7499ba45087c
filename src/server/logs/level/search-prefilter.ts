import { decodedEntries, pageSize } from '../../room/backward.js';
import type { DecodedEntry, MessageLog } from '../../room/message-log.js';
import type { TailBuffer } from '../../room/tail-buffer.js';
import { entryRange } from './level-records.js';
import type { LevelTail } from './level-tail.js';
import { isDamage, type KeyRange, type OrderedStore } from './ordered-store.js';
import { foldText } from '../../../shared/fold-text.js';

/** What is read from. */
export type PrefilterOptions = {
  /** Reads past gaps and damage, and tells of them. */
  readonly readBefore: MessageLog['readBefore'];
  readonly diskBytes: OrderedStore['diskBytes'];
  /** As `undamagedTexts`. */
  readonly readTexts: (range: KeyRange) => Promise<readonly string[] | undefined>;
  readonly tail: Pick<LevelTail, 'head' | 'oldest'> & { readonly tailBuffer: Pick<TailBuffer, 'from'> };
};

/** Consecutive sequences; `to` is not among them. */
type Range = { readonly from: number; readonly to: number };

/** Entries that are looked at together. Without texts they must be read one by one. */
type Group = Range & { readonly texts?: readonly string[] };

/**
 * A group is read as text if it takes at most this much of the disk. A text costs the main thread up to 20 ns a
 * byte: that is 2 ms where LevelDB has compressed it to a third, and 80 ms for an image of 4 MB.
 */
const maxDiskBytes = 32 * 1024;
/** A group of so few that takes more holds an image or a very long text. */
const minGroupSize = 16;
/** Candidates so near to each other are read together. */
const joinDistance = 32;
/** So many entries are read one by one in a turn. */
const singleReads = 100;

/**
 * As `MessageLog.prefiltered` has it. What is on the disk is looked at as text, and only what passes a sieve is read as
 * entries, by `readBefore`; so is every group that has large or missing values, or a part that the database finds damaged.
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
    // What was written last is in memory, and may not be on the disk in a table yet, whose sizes are known.
    const group: Group = to - 1 > tail.tailBuffer.from() ? range : await readGroup(options, range);
    if (group.texts) {
      yield [];
      yield* readPassing(readBefore, group, group.texts.map(mightContain));
    } else {
      yield* readRange(readBefore, group);
    }
    to = group.from;
    count = Math.min(pageSize.maxCount, 2 * (group.to - group.from));
  }
}

/** The newest part of a range that is small enough, or the `minGroupSize` if not even they are. */
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

/** The values of a range as text; undefined where a part is damaged. */
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

/** The entries of a range that have passed, newest first, and some between them. */
async function* readPassing(
  readBefore: MessageLog['readBefore'],
  { from, to }: Range,
  passed: readonly boolean[],
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  for (let left = to - from; left > 0;) {
    const newest = passed.lastIndexOf(true, left - 1);
    if (newest < 0) return;
    left = passed.indexOf(true, Math.max(0, newest - joinDistance));
    yield* readRange(readBefore, { from: from + left, to: from + newest + 1 });
  }
}

/** The entries of a range, newest first. */
async function* readRange(
  readBefore: MessageLog['readBefore'],
  { from, to }: Range,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  let place = to;
  while (place > from) {
    const maxCount = Math.min(singleReads, place - from);
    const entries = await readBefore(place, maxCount, pageSize.maxBytes);
    // Behind a gap they may lie below the range: then they are read again with the next one.
    yield decodedEntries(entries.filter(({ sequence }) => sequence >= from));
    place = entries.at(-1)?.sequence ?? from;
  }
}

/** Tells of a stored entry, read as text, whether the message in it may be a text that holds what is sought. */
type TextPrefilter = (stored: string) => boolean;

/**
 * What follows the content in an entry as `encodeUnsequenced` writes it: the type (a text) and the author. A text and
 * a name hold no control characters like the first two of these, so the last place where they stand is this one.
 */
const afterContent = '\u0018\u0001"';

/** A mark at the beginning of a content may be composed with what stands before it in the entry. */
const leadingMarks = /^\p{M}+/u;

/**
 * Makes the sieve for a folded text. Nothing that holds it is ever refused, so an entry need be decoded only
 * if it passes. Protobuf's bytes around the content are below 0x80 where they touch it: so the content comes out of the
 * whole entry as it would by itself.
 */
export function createTextPrefilter(wanted: string): TextPrefilter {
  const part = wanted.replace(leadingMarks, '');
  const contains = (text: string): boolean => foldText(text).includes(part);
  return (stored) => {
    if (!contains(stored)) return false;
    const end = stored.lastIndexOf(afterContent);
    return end < 0 || contains(stored.slice(0, end));
  };
}
