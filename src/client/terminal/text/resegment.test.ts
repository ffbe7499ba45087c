import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { resegment } from './resegment.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const segment = (text: string) => Array.from(segmenter.segment(text), (each) => each.segment);
const unit = fc.constantFrom(
  ...['a', ' ', '\n', '\r', 'ก', 'ำ', 'ि', 'क', '्', '\u200d', '\u200c', 'ب', 'َ', '\u0600'],
  ...['👩', '🏽', '🇩', '🇪', '한', '\u1100', '\u1161', '\u11a8', '\ufe0f', '\ud83d', '\udc69'],
);
const text = fc.string({ unit, maxLength: 30 });

test('resegment returns the graphemes of the whole edited text', () => {
  fc.assert(
    fc.property(text, text, text, text, (head, removed, added, tail) => {
      const before = head + removed + tail;
      const after = head + added + tail;
      const parts = resegment({ text: before, parts: segment(before) }, after, segment);
      return parts.join('|') === segment(after).join('|');
    }),
    { numRuns: 2000 },
  );
});

test('resegment joins the halves of a surrogate pair and their marks', () => {
  const before = 'a\ud83dx\udc69\u200d👧';
  const parts = resegment({ text: before, parts: segment(before) }, 'a👩\u200d👧', segment);
  expect(parts).toEqual(['a', '👩\u200d👧']);
});

test('resegment segments only the text around an edit', () => {
  const before = 'क्षेत्र👩‍👩‍👧‍👦'.repeat(400);
  const after = `${before.slice(0, 3000)}x${before.slice(3000)}`;
  let segmented = 0;
  const parts = resegment({ text: before, parts: segment(before) }, after, (piece) => {
    segmented += piece.length;
    return segment(piece);
  });
  expect(parts).toEqual(segment(after));
  expect(segmented).toBeLessThan(60);
});
