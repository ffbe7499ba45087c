import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { createTextMatcher, foldText, foldWithOffsets, isSameName } from './fold-text.js';

const pieces = [
  'Σ',
  'ς',
  'σ',
  'Α',
  'İ',
  'ı',
  'i\u0307',
  'ß',
  'ẞ',
  'ﬁ',
  'K',
  'e\u0301',
  '\u0301',
  'ᾳ',
  '각',
  '\u1161',
  'a',
];
const hardText = fc
  .array(fc.oneof(fc.constantFrom(...pieces), anyText()), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('foldText', () => {
  test.each([
    ['café', 'cafe\u0301'],
    ['CAFÉ', 'cafe\u0301'],
    ['straße', 'STRASSE'],
    ['STRAẞE', 'straße'],
    ['ΟΔΟΣ', 'οδος'],
    ['οδοσ', 'οδος'],
    ['İstanbul', 'istanbul'],
    ['İSTANBUL', 'i\u0307stanbul'],
    ['ISPARTA', 'ısparta'],
    ['각', '\u1100\u1161\u11a8'],
    ['Å', '\u212b'],
    ['Привет', 'ПРИВЕТ'],
  ])('%s and %s are equal when folded', (one, other) => {
    expect(isSameName(one, other)).toBe(true);
  });

  test('texts that differ in an accent differ when folded', () => {
    expect(isSameName('café', 'cafe')).toBe(false);
  });

  test('folding ignores the normal form and is idempotent', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        const folded = foldText(text);
        expect(foldText(text.normalize('NFD'))).toBe(folded);
        expect(foldText(text.normalize('NFC'))).toBe(folded);
        expect(foldText(folded)).toBe(folded);
      }),
      { numRuns: 300 },
    );
  });
});

describe('foldWithOffsets', () => {
  test('its text equals foldText', () => {
    fc.assert(
      fc.property(hardText, (text) => {
        expect(foldWithOffsets(text).text).toBe(foldText(text));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['Die Straße hier', 'strasse', 'Straße'],
    ['ein cafe\u0301 dort', 'café', 'cafe\u0301'],
    ['in İstanbul', 'istanbul', 'İstanbul'],
    ['plain TEXT', 'text', 'TEXT'],
    ['Straße', 'stras', 'Straß'],
  ])('in %s, %s matches the original range %s', (text, wanted, expected) => {
    const folded = foldWithOffsets(text);
    const at = folded.text.indexOf(foldText(wanted));
    const { start, end } = folded.range(at, at + foldText(wanted).length);
    expect(text.slice(start, end)).toBe(expected);
  });
});

test('a matcher finds what the folded text includes, with characters that a regular expression treats specially', () => {
  const ascii = fc.string({
    unit: fc.constantFrom(...Array.from('aAK.*+?^$()[]{}|\\/-\n \u0000')),
    maxLength: 60,
  });
  const text = fc.oneof(ascii, hardText);
  fc.assert(
    fc.property(text, fc.nat(9), fc.nat(40), ascii, (whole, from, length, other) => {
      for (const wanted of [whole.slice(from, from + length), other].map(foldText)) {
        expect(createTextMatcher(wanted)(whole)).toBe(foldText(whole).includes(wanted));
      }
    }),
    { numRuns: 300 },
  );
});
