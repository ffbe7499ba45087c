import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oddTexts } from '../../../../test/support/odd-texts.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { graphemes } from '../../terminal/text/graphemes.js';
import { graphemeWidth, textWidth } from '../../terminal/text/text-width.js';
import { createDraftLayout, cursorInNextRow, scrollToCaret } from './composer-layout.js';

const layoutDraft = createDraftLayout();

const draft = fc.string({ unit: 'grapheme', maxLength: 80 }).map(sanitiseText);
const width = fc.integer({ min: 2, max: 20 });

describe('layoutDraft', () => {
  test('rows fit the composer and lose no character but spaces at their ends', () => {
    fc.assert(
      fc.property(draft, width, (text, cells) => {
        const { rows } = layoutDraft(text, text.length, cells);
        // A grapheme that is wider than the row is left out.
        const widest = Math.max(cells, ...graphemes(text).map(graphemeWidth));
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(widest);
        expect(rows.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
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
    // Rows break at words, and the spaces between them belong to the first row.
    ['ab cdef', 3, 1, 0],
    ['ab cdef', 2, 0, 2],
    ['abcde fg', 5, 0, 5],
    ['abcde fg', 6, 1, 0],
    ['ab     cd', 6, 0, 5],
    ['ab cdefghij', 8, 2, 0],
    ['ab 漢字', 3, 0, 3],
    ['ab 漢字', 4, 1, 0],
    // A tab has four cells.
    ['\tb', 1, 0, 4],
    ['\t\tb', 2, 1, 0],
    ['ab\tc', 3, 1, 0],
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
  expect(scrollToCaret(layout, 3)).toMatchObject({ rows: ['3', '4', '5'], caretRow: 2, caretColumn: 1 });
  expect(scrollToCaret({ ...layout, caretRow: 0 }, 3)).toMatchObject({
    rows: ['1', '2', '3'],
    caretRow: 0,
  });
});

describe('cursorInNextRow', () => {
  /** The text with the moved cursor, `|`; undefined if there is no such row. */
  function moved(marked: string, step: -1 | 1, cells = 12): string | undefined {
    const [text, cursor] = [marked.replace('|', ''), marked.indexOf('|')];
    const to = cursorInNextRow(text, layoutDraft(text, cursor, cells), step);
    return to === undefined ? undefined : `${text.slice(0, to)}|${text.slice(to)}`;
  }

  test.each([
    ['one\ntw|o', 'on|e\ntwo'],
    ['one\n\n|two', 'one\n|\ntwo'],
    ['a\nlonge|r', 'a|\nlonger'],
    ['👩‍👩‍👧x\nab|c', '👩‍👩‍👧|x\nabc'],
    ['on|e\ntwo', undefined],
    ['one\r\ntw|o', 'on|e\r\ntwo'],
    ['one\rtw|o', 'on|e\rtwo'],
    ['\none|', '|\none'],
    ['the first and the sec|ond', 'the first and| the second'],
    ['abcdefghijklmno|', 'abc|defghijklmno'],
  ])('moves %j up to %j', (from, to) => {
    expect(moved(from, -1)).toBe(to);
  });

  test.each([
    ['on|e\ntwo', 'one\ntw|o'],
    ['longe|r\r\na', 'longer\r\na|'],
    ['one\ntw|o', undefined],
    ['the fir|st and the second', 'the first and the| second'],
    ['one two three|', undefined],
  ])('moves %j down to %j', (from, to) => {
    expect(moved(from, 1)).toBe(to);
  });

  test('moves by exactly one row, and never to the right', () => {
    fc.assert(
      fc.property(
        draft,
        width,
        fc.nat(),
        fc.constantFrom(-1 as const, 1 as const),
        (text, cells, at, step) => {
          const ends = graphemes(text).map((_, index, all) => all.slice(0, index + 1).join('').length);
          const cursor = [0, ...ends][at % (ends.length + 1)] ?? 0;
          const before = layoutDraft(text, cursor, cells);
          const to = cursorInNextRow(text, before, step);
          const target = before.caretRow + step;
          if (to === undefined) {
            expect([-1, before.rows.length]).toContain(target);
            return;
          }
          const after = layoutDraft(text, to, cells);
          expect(after.caretRow).toBe(target);
          expect(after.caretColumn).toBeLessThanOrEqual(before.caretColumn);
        },
      ),
    );
  });
});

test('a long draft without a break is laid out in linear time', () => {
  const meanCost = (text: string, runs: number) => {
    const fresh = createDraftLayout();
    const start = process.cpuUsage().user;
    for (let each = 0; each < runs; each++) fresh(`${text}${each}`, 0, 80);
    return (process.cpuUsage().user - start) / runs;
  };
  meanCost('warm up '.repeat(2000), 5);
  for (const unit of ['x', ' ', 'word ', '漢', '\u0301', '\t', 'é']) {
    const [short, long] = [meanCost(unit.repeat(4000), 5), meanCost(unit.repeat(32_000), 1)];
    expect(long).toBeLessThan(Math.max(short, 800) * 40);
  }
});
