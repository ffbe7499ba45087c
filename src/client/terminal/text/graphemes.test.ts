import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphemes, resegment } from './graphemes.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const segment = (text: string) => Array.from(segmenter.segment(text), (each) => each.segment);

test('combined characters form one grapheme', () => {
  expect(graphemes('né👩🏽‍🚀🇩🇪日本')).toEqual(['n', 'é', '👩🏽‍🚀', '🇩🇪', '日', '本']);
});

test('the fast path returns the result of the segmenter', () => {
  const unit = fc.constantFrom('a', ' ', '\t', 'é', '\xa0', '\u02ff', '–', '…', 'か', 'ガ', '日', '한', '글');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(graphemes(text)).toEqual(segment(text));
    }),
  );
});

test('the fast path for scripts with marks returns the result of the segmenter for each character', () => {
  const neighbours = ['a', 'ก', 'ำ', 'ب', 'َ', '\u200c', '한', 'א'];
  for (let code = 0x20; code < 0xf00; code += 1) {
    const character = String.fromCharCode(code);
    const text = neighbours.map((each) => each + character).join('') + character;
    const expected = segment(text);
    if (graphemes(text).join('|') !== expected.join('|')) expect([code, graphemes(text)]).toEqual(expected);
  }
});

test('an edited long text has the graphemes of the segmenter', () => {
  const pieces = ['สวัสดี', 'नमस्ते ', '👩‍👧', '🇩🇪', '🇩', 'x'];
  const edit = fc.record({ at: fc.nat(1500), removed: fc.nat(9), added: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
      let text = pieces.join('').repeat(45);
      for (const { at, removed, added } of edits) {
        text = text.slice(0, at) + added + text.slice(at + removed);
        // Comparing texts is faster than comparing arrays.
        const segments = segment(text);
        expect(graphemes(text).join('|')).toBe(segments.join('|'));
      }
    }),
  );
});

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
