import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textWidth } from '../../terminal/text/text-width.js';
import { withText } from '../composer/editor.js';
import type { Search, SearchHit } from '../state/mode.js';
import { newSearch } from './search.js';
import { searchView } from './search-view.js';

const timestamp = new Date(2026, 10, 30, 8, 4).getTime();

function searched(query: string, ...texts: readonly string[]): Search {
  const hits = texts.map((text): SearchHit => ({
    sequence: 1,
    key: undefined,
    timestamp,
    from: 'user2',
    text,
  }));
  const done = { type: 'done', where: 'server' } as const;
  return { ...newSearch(), query: withText(newSearch().query, query), asked: query, hits, progress: done };
}

function rowsOf(search: Search, width: number): string[] {
  return searchView(search, { width, height: 10 }).hits.map(({ text }) => text);
}

const long = `${'before '.repeat(30)}the rollback was fine ${'after '.repeat(30)}`.trim();

describe('a hit', () => {
  test('with a short text shows all of it', () => {
    expect(rowsOf(searched('back', 'a rollback'), 80)).toEqual(['2026-11-30 08:04  user2  a rollback']);
  });

  test('with a long text fills its row with whole words around the match', () => {
    for (let width = 70; width <= 200; width++) {
      const [row = ''] = rowsOf(searched('back', long), width);
      const words = row.replace(/^.*user2 {2}/, '').split(' ');
      expect(words).toContain('rollback');
      expect(words.at(0)).toMatch(/^…?(before|the)$/);
      expect(words.at(-1)).toMatch(/^(after|fine|was|rollback)…?$/);
      expect(width - 1 - textWidth(row)).toBeLessThan('before '.length + 2);
    }
  });

  test('whose match is at the end of a long text uses the row for the words before it', () => {
    const [row = ''] = rowsOf(searched('needle', `${'before '.repeat(60)}needle`), 100);
    expect(row).toMatch(/ {2}…(before )+needle$/);
    expect(textWidth(row)).toBeGreaterThan(90);
  });

  test('with a text without spaces is cut at the row', () => {
    const [row = ''] = rowsOf(searched('needle', `${'x'.repeat(300)}needle${'y'.repeat(300)}`), 80);
    expect(row).toMatch(/ {2}…needley+…$/);
    expect(textWidth(row)).toBe(79);
  });

  test('is readable at 40 columns', () => {
    expect(rowsOf(searched('rollback', long), 39)).toEqual(['11-30  user2  …the rollback was fine…']);
  });

  test('marks its match', () => {
    for (const width of [39, 80, 120]) {
      const [hit] = searchView(searched('BACK', long), { width, height: 10 }).hits;
      expect(hit?.match && hit.text.slice(hit.match.start, hit.match.end)).toBe('back');
    }
  });

  test('is never wider than its row', () => {
    const texts = fc.array(fc.constantFrom('word', '漢字', 'x'.repeat(40), 'needle', '👩‍👩‍👧‍👦', 'ẞ'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 120 }), (words, width) => {
        const [row = ''] = rowsOf(searched('needle', words.join(' ')), width);
        expect(textWidth(row)).toBeLessThan(width);
      }),
    );
  });
});

test('the progress has the number of hits, with a plus if there are more', () => {
  const search = searched('a', 'a', 'a');
  expect(searchView(search, { width: 80, height: 10 }).progress).toMatch(/^2 found · /);
  expect(searchView({ ...search, hasMore: true }, { width: 80, height: 10 }).progress).toMatch(
    /^2\+ found · /,
  );
});
