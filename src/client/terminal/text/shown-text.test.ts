import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { graphemes } from './graphemes.js';
import { shownGraphemes, shownText } from './shown-text.js';

test.each([
  ['a\tb', 'a    b'],
  ['a\u200bb', 'ab'],
  ['a\u202eb\u2066c', 'abc'],
  ['soft\u00adhyphen', 'softhyphen'],
  ['a\u2028b', 'ab'],
  ['a\u200db', 'ab'],
  ['a\u001b]0;x\u0007b', 'a]0;xb'],
  ['a\r', 'a'],
  ['Z\u0301'.concat('\u0301'.repeat(20)), `Z${'\u0301'.repeat(8)}`],
])('%j is drawn as %j', (line, shown) => {
  expect(shownText(line)).toBe(shown);
});

test.each([
  'plain',
  'wörld 漢字',
  'می\u200cخواهم',
  'क्\u200dष',
  '👩\u200d👩\u200d👧',
  '☺\ufe0f',
  '1\ufe0f\u20e3',
  'กำ',
])('%j is drawn unchanged', (line) => {
  expect(shownText(line)).toBe(line);
});

test('shownGraphemes returns one harmless part per grapheme', () => {
  fc.assert(
    fc.property(anyText(), (line) => {
      const parts = graphemes(line);
      const shown = shownGraphemes(parts);
      expect(shown).toHaveLength(parts.length);
      expect(shown.join('')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{10eeee}]/u);
    }),
  );
});
