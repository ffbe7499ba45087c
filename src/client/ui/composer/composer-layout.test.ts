import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { layoutDraft, scrollToCursor } from './composer-layout.js';

const draft = fc.string({ unit: 'grapheme', maxLength: 80 }).map(sanitiseText);
const width = fc.integer({ min: 2, max: 20 });

describe('layoutDraft', () => {
  test('no row is wider than the composer, and no character is lost', () => {
    fc.assert(
      fc.property(draft, width, (text, cells) => {
        const { rows } = layoutDraft(text, text.length, cells);
        // One grapheme wider than the row has no place in it.
        const widest = Math.max(cells, ...graphemes(text).map(graphemeWidth));
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(widest);
        expect(rows.join('').replaceAll('\n', '')).toBe(text.replaceAll('\n', ''));
      }),
    );
  });

  test('the cursor has a cell of its own', () => {
    fc.assert(
      fc.property(draft, width, (text, cells) => {
        const layout = layoutDraft(text, text.length, cells);
        expect(layout.cursorColumn).toBeLessThan(cells);
        expect(layout.cursorRow).toBe(layout.rows.length - 1);
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
  ])('in %j the cursor %d stands in row %d, column %d', (text, cursor, row, column) => {
    expect(layoutDraft(text, cursor, 5)).toMatchObject({ cursorRow: row, cursorColumn: column });
  });
});

test('a box shows as many rows as it has, the cursor among them', () => {
  const layout = layoutDraft('1\n2\n3\n4\n5', 9, 10);
  expect(scrollToCursor(layout, 3)).toEqual({ rows: ['3', '4', '5'], cursorRow: 2, cursorColumn: 1 });
  expect(scrollToCursor({ ...layout, cursorRow: 0 }, 3)).toMatchObject({
    rows: ['1', '2', '3'],
    cursorRow: 0,
  });
});
