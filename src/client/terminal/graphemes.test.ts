import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphemes } from './graphemes.js';

test('characters that belong together stay together', () => {
  expect(graphemes('né👩🏽‍🚀🇩🇪日本')).toEqual(['n', 'é', '👩🏽‍🚀', '🇩🇪', '日', '本']);
});

test('the quick way gives what segmenting gives', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const unit = fc.constantFrom('a', ' ', 'é', '\xa0', '\u02ff', '–', '…', 'か', 'ガ', '日', '한', '글');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(graphemes(text)).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment));
    }),
  );
});
