import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphemes } from './graphemes.js';

test('combined characters form one grapheme', () => {
  expect(graphemes('né👩🏽‍🚀🇩🇪日本')).toEqual(['n', 'é', '👩🏽‍🚀', '🇩🇪', '日', '本']);
});

test('the fast path returns the result of the segmenter', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const unit = fc.constantFrom('a', ' ', 'é', '\xa0', '\u02ff', '–', '…', 'か', 'ガ', '日', '한', '글');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(graphemes(text)).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment));
    }),
  );
});

test('the fast path for scripts with marks returns the result of the segmenter for each character', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const neighbours = ['a', 'ก', 'ำ', 'ب', 'َ', '\u200c', '한', 'א'];
  for (let code = 0x20; code < 0xf00; code += 1) {
    const character = String.fromCharCode(code);
    const text = neighbours.map((each) => each + character).join('') + character;
    const expected = Array.from(segmenter.segment(text), ({ segment }) => segment);
    if (graphemes(text).join('|') !== expected.join('|')) expect([code, graphemes(text)]).toEqual(expected);
  }
});

test('an edited long text has the graphemes of the segmenter', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const pieces = ['สวัสดี', 'नमस्ते ', '👩‍👧', '🇩🇪', '🇩', 'x'];
  const edit = fc.record({ at: fc.nat(3000), removed: fc.nat(9), added: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
      let text = pieces.join('').repeat(100);
      for (const { at, removed, added } of edits) {
        text = text.slice(0, at) + added + text.slice(at + removed);
        // Comparing texts is faster than comparing arrays.
        const segments = Array.from(segmenter.segment(text), ({ segment }) => segment);
        expect(graphemes(text).join('|')).toBe(segments.join('|'));
      }
    }),
    { numRuns: 30 },
  );
});
