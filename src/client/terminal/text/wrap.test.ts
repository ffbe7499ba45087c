import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { sanitiseText } from './sanitise.js';
import { textWidth, truncate } from './text-width.js';
import { wrapText } from './wrap.js';

const shownText = fc.oneof(
  fc.string({ unit: 'grapheme' }).map(sanitiseText),
  anyText().map(sanitiseText),
  fc
    .array(
      fc.constantFrom('a', 'word', ' ', '   ', '\n', '日本', '👩🏽‍🚀', 'e\u0301', ' \u0301', 'ᄀᄀᄀᄀ', '…'),
      {
        maxLength: 40,
      },
    )
    .map((pieces) => pieces.join('')),
);
const anyWidth = fc.integer({ min: 1, max: 20 });

describe('wrapText', () => {
  test('no row is wider than the width', () => {
    fc.assert(
      fc.property(shownText, anyWidth, (text, width) => {
        for (const row of wrapText(text, width)) expect(textWidth(row)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 200 },
    );
  });

  test('drops only spaces', () => {
    fc.assert(
      fc.property(shownText, fc.integer({ min: 2, max: 20 }), (text, width) => {
        const withoutSpaces = (rows: string) => rows.replace(/[ \n]/g, '');
        expect(withoutSpaces(wrapText(text, width).join(''))).toBe(withoutSpaces(text));
      }),
      { numRuns: 200 },
    );
  });

  test('keeps words whole where they fit', () => {
    expect(wrapText('the quick brown fox', 9)).toEqual(['the quick', 'brown fox']);
  });

  test('breaks words longer than a row', () => {
    expect(wrapText('see abcdefghij now', 4)).toEqual(['see', 'abcd', 'efgh', 'ij', 'now']);
  });

  test('breaks between wide characters, but not inside words beside them', () => {
    expect(wrapText('go日本語日本語', 6)).toEqual(['go日本', '語日本', '語']);
    expect(wrapText('日本語word', 8)).toEqual(['日本語', 'word']);
  });

  test('keeps newlines and indentation', () => {
    expect(wrapText('if x:\n    run()\n\nend', 20)).toEqual(['if x:', '    run()', '', 'end']);
    expect(wrapText('  indented line', 10)).toEqual(['  indented', 'line']);
  });
});

describe('truncate', () => {
  test('fits the width and marks a cut', () => {
    expect(truncate('short', 5)).toBe('short');
    expect(truncate('too long', 5)).toBe('too …');
    expect(truncate('日本語', 4)).toBe('日…');
    fc.assert(fc.property(shownText, anyWidth, (text, width) => textWidth(truncate(text, width)) <= width));
  });
});
