/** ASCII, and what bytes become that are no text: nothing in it can be composed, and its case is simple. */
const plain = /^[\u0000-\u007f\ufffd]*$/;

/**
 * A text as it is compared with another: regardless of case, and of how its accents are encoded (NFC). Both sides are
 * folded. Where a letter has two forms for one (`ß` and `SS`, `ς` and `σ`, `İ` and `i`), they become the same.
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

/** Whether two names are the same: they are unique regardless of case. */
export function isSameFolded(one: string, other: string): boolean {
  return one === other || foldText(one) === foldText(other);
}

/** A folded text that knows where its parts come from. */
export type FoldedText = {
  readonly text: string;
  /** Where the characters from `start` up to `end` of the folded text stand in the original one. */
  range(start: number, end: number): { readonly start: number; readonly end: number };
};

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Folds a text one visible character after the other, so that what is found can be shown as it was written. */
export function foldWithPlaces(original: string): FoldedText {
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
