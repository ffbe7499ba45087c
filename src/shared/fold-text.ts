/** ASCII and U+FFFD: nothing composes, and lower-casing is enough. */
const plain = /^[\u0000-\u007f\ufffd]*$/;

/**
 * Makes texts comparable regardless of case and of how accents are encoded. Both sides must be folded. Forms of the same
 * letter become equal (`ß` and `SS`, `ς` and `σ`, `İ` and `i`).
 */
export function foldText(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return text
    .normalize('NFD')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replaceAll('i\u0307', 'i')
    .normalize('NFC');
}

/** The time that a regular expression takes may grow with its length, that of `includes` does not. */
const maxPatternLength = 32;

/** Whether a text contains `folded`, a folded text. Most texts are plain: then it does not copy them in lower case. */
export function createTextMatcher(folded: string): (text: string) => boolean {
  const contains = (text: string): boolean => foldText(text).includes(folded);
  if (folded.length > maxPatternLength) return contains;
  const ignoringCase = new RegExp(folded.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i');
  return (text) => (plain.test(text) ? ignoringCase.test(text) : contains(text));
}

export function isSameName(one: string, other: string): boolean {
  return one === other || foldText(one) === foldText(other);
}

/** A folded text with the offsets of its parts in the original. */
export type FoldedText = {
  readonly text: string;
  /** The range in the original for the characters from `start` up to `end` of the folded text. */
  range(start: number, end: number): { readonly start: number; readonly end: number };
};

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Folds character by character, so that a match can be shown as it was written. */
export function foldWithOffsets(original: string): FoldedText {
  if (plain.test(original)) return { text: original.toLowerCase(), range: (start, end) => ({ start, end }) };
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { segment, index } of segmenter.segment(original)) {
    const folded = foldText(segment);
    text += folded;
    starts.push(...Array.from<number>({ length: folded.length }).fill(index));
    ends.push(...Array.from<number>({ length: folded.length }).fill(index + segment.length));
  }
  return {
    text,
    range: (start, end) => ({
      start: starts[start] ?? original.length,
      end: end > start ? (ends[end - 1] ?? original.length) : (starts[start] ?? original.length),
    }),
  };
}
