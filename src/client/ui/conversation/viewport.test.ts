import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newest } from '../state/app-state.js';
import { type RowSource, scrollBy, scrollToKey, scrollToOldest, topOf } from './viewport.js';

/** A list of blocks with these heights; keys are k0, k1, k2, ... */
function list(heights: readonly number[]): RowSource {
  return {
    count: heights.length,
    endsAtNewest: true,
    height: (index) => heights[index] ?? 0,
    keyAt: (index) => `k${index}`,
    indexOf: (key) => Array.from(heights.keys()).findIndex((index) => key === `k${index}`),
  };
}

/** The number of rows above a position. */
function rowsAbove(
  source: RowSource,
  heights: readonly number[],
  viewport: Parameters<typeof topOf>[0],
  height: number,
) {
  const { index, row } = topOf(viewport, source, height);
  return heights.slice(0, index).reduce((sum, rows) => sum + rows, 0) + row;
}

const heights = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 });
const viewHeight = fc.integer({ min: 1, max: 20 });

describe('scrolling', () => {
  test('moves by the exact number of rows, up to both ends', () => {
    fc.assert(
      fc.property(
        heights,
        viewHeight,
        fc.array(fc.integer({ min: -40, max: 40 })),
        (blocks, height, steps) => {
          const source = list(blocks);
          const total = blocks.reduce((sum, rows) => sum + rows, 0);
          const lowest = Math.max(0, total - height);
          let viewport = newest;
          let expected = lowest;
          for (const step of steps) {
            viewport = scrollBy(viewport, source, height, step);
            expected = Math.max(0, Math.min(lowest, expected + step));
            expect(rowsAbove(source, blocks, viewport, height)).toBe(expected);
          }
          expect(viewport.type).toBe(expected === lowest ? 'newest' : 'anchored');
        },
      ),
    );
  });

  test('is not affected by new messages when the view is scrolled up', () => {
    fc.assert(
      fc.property(heights, heights, viewHeight, fc.nat(40), (blocks, added, height, rows) => {
        const viewport = scrollBy(newest, list(blocks), height, -rows - 1);
        fc.pre(viewport.type === 'anchored');
        const more = [...blocks, ...added];
        expect(topOf(viewport, list(more), height)).toEqual(topOf(viewport, list(blocks), height));
      }),
    );
  });

  test('shows the oldest row after Ctrl+Home', () => {
    fc.assert(
      fc.property(heights, viewHeight, (blocks, height) => {
        expect(topOf(scrollToOldest(list(blocks), height), list(blocks), height)).toEqual({
          index: 0,
          row: 0,
        });
      }),
    );
  });

  test('shows the message of a jump', () => {
    fc.assert(
      fc.property(heights, viewHeight, fc.nat(29), (blocks, height, index) => {
        fc.pre(index < blocks.length);
        const source = list(blocks);
        const above = rowsAbove(source, blocks, scrollToKey(`k${index}`, source, height), height);
        const first = blocks.slice(0, index).reduce((sum, rows) => sum + rows, 0);
        expect(first).toBeGreaterThanOrEqual(above);
        expect(first).toBeLessThan(above + height);
      }),
    );
  });

  test('shows the oldest message if the anchor was dropped', () => {
    expect(topOf({ type: 'anchored', key: 'gone', row: 3 }, list([1, 1, 1, 1]), 2)).toEqual({
      index: 0,
      row: 0,
    });
  });

  test('shows the last row of the anchor message if a resize removed the anchor row', () => {
    expect(topOf({ type: 'anchored', key: 'k0', row: 9 }, list([3, 1, 1, 1]), 2)).toEqual({
      index: 0,
      row: 2,
    });
  });
});
