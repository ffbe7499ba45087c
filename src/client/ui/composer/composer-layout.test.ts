import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oddTexts } from '../../../../test/support/odd-texts.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { createDraftLayout, scrollToCaret } from './composer-layout.js';

const layoutDraft = createDraftLayout();

const draft = fc.string({ unit: 'grapheme', maxLength: 80 }).map(sanitiseText);
const width = fc.integer({ min: 2, max: 20 });

describe('layoutDraft', () => {
  test('rows fit the composer and lose no character', () => {
    fc.assert(
      fc.property(draft, width, (text, cells) => {
        const { rows } = layoutDraft(text, text.length, cells);
        // A grapheme that is wider than the row is left out.
        const widest = Math.max(cells, ...graphemes(text).map(graphemeWidth));
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(widest);
        expect(rows.join('').replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
      }),
    );
  });

  test('the caret has a cell of its own', () => {
    fc.assert(
      fc.property(draft, width, (text, cells) => {
        const layout = layoutDraft(text, text.length, cells);
        expect(layout.caretColumn).toBeLessThan(cells);
        expect(layout.caretRow).toBe(layout.rows.length - 1);
      }),
    );
  });

  test.each([
    ['', 0, 0, 0],
    ['ab', 1, 0, 1],
    ['ab\ncd', 3, 1, 0],
    ['ab\ncd', 2, 0, 2],
    ['abcde', 5, 1, 0],
    ['漢字', 1, 0, 2],
    ['ab\n', 3, 1, 0],
    // A tab has four cells.
    ['\tb', 1, 0, 4],
    ['\t\tb', 2, 1, 4],
    ['ab\tc', 3, 1, 4],
    // Invisible characters have none.
    ['a\u200bb', 2, 0, 1],
    ['a\u200bb', 3, 0, 2],
    ['\u202eabc', 1, 0, 0],
    ['abcd\u00ade', 5, 0, 4],
    ['abcde\u200b', 6, 1, 0],
    [`Z${'\u0301'.repeat(20)}`, 21, 0, 1],
    ['می\u200cخواهم', 4, 0, 3],
    // Every line break ends a row.
    ['ab\r\ncd', 4, 1, 0],
    ['ab\r\ncd', 2, 0, 2],
    ['ab\rcd', 3, 1, 0],
    ['ab\r\n', 4, 1, 0],
  ])('in %j the cursor %d is in row %d, column %d', (text, cursor, row, column) => {
    expect(layoutDraft(text, cursor, 5)).toMatchObject({ caretRow: row, caretColumn: column });
  });
});

test.each(oddTexts)('%s: the rows are sanitised and fit, and the caret reaches all of them', (_, text) => {
  const ends: number[] = [];
  let end = 0;
  for (const grapheme of graphemes(text)) ends.push((end += grapheme.length));
  let before = -1;
  const all = scrollToCaret(layoutDraft(text, 0, 6), 100).rows;
  expect(all.map(sanitiseText)).toEqual(all);
  for (const cursor of [0, ...ends]) {
    const { rows, caretRow, caretColumn } = layoutDraft(text, cursor, 6);
    for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(6);
    expect(caretColumn).toBeLessThanOrEqual(textWidth(rows[caretRow] ?? ''));
    const place = caretRow * 6 + caretColumn;
    expect(place).toBeGreaterThanOrEqual(before);
    before = place;
  }
});

test('a tab is drawn as spaces, and invisible characters are left out', () => {
  expect(layoutDraft('a\tb\u200bc\u202ed', 0, 20).rows).toEqual(['a    bcd']);
  expect(layoutDraft('one\r\ntwo\rthree', 0, 20).rows).toEqual(['one', 'two', 'three']);
});

test('a tab wider than the composer is cut', () => {
  expect(layoutDraft('\tx', 2, 2).rows.every((row) => textWidth(row) <= 2)).toBe(true);
});

test('scrollToCaret returns at most the given number of rows, including that of the caret', () => {
  const layout = layoutDraft('1\n2\n3\n4\n5', 9, 10);
  expect(scrollToCaret(layout, 3)).toEqual({ rows: ['3', '4', '5'], caretRow: 2, caretColumn: 1 });
  expect(scrollToCaret({ ...layout, caretRow: 0 }, 3)).toMatchObject({
    rows: ['1', '2', '3'],
    caretRow: 0,
  });
});
