import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitCells } from './image-renderer.js';

test('fitCells keeps proportions with cells twice as high as wide', () => {
  expect(fitCells({ width: 640, height: 480 }, { columns: 80, rows: 12 })).toEqual({ columns: 32, rows: 12 });
  expect(fitCells({ width: 1000, height: 100 }, { columns: 40, rows: 12 })).toEqual({ columns: 40, rows: 2 });
});

test('fitCells does not enlarge a small image', () => {
  expect(fitCells({ width: 10, height: 10 }, { columns: 80, rows: 12 })).toEqual({ columns: 10, rows: 5 });
});

test('fitCells uses the cell ratio that the terminal reported', () => {
  const scale = { cellRatio: 2.5, columnPixels: 1 };
  expect(fitCells({ width: 100, height: 100 }, { columns: 80, rows: 10 }, scale)).toEqual({
    columns: 25,
    rows: 10,
  });
});

test('fitCells never enlarges a pixel on a terminal that shows pixels', () => {
  const scale = { cellRatio: 2, columnPixels: 10 };
  expect(fitCells({ width: 100, height: 80 }, { columns: 80, rows: 10 }, scale)).toEqual({
    columns: 10,
    rows: 4,
  });
  expect(fitCells({ width: 1, height: 1 }, { columns: 80, rows: 10 }, scale)).toEqual({
    columns: 1,
    rows: 1,
  });
});

test('fitCells returns at least one cell and never exceeds the box', () => {
  const side = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  const cells = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(side, side, cells, cells, (width, height, columns, rows) => {
      const fitted = fitCells({ width, height }, { columns, rows });
      expect(fitted.columns).toBeGreaterThanOrEqual(1);
      expect(fitted.rows).toBeGreaterThanOrEqual(1);
      expect(fitted.columns).toBeLessThanOrEqual(columns);
      expect(fitted.rows).toBeLessThanOrEqual(rows);
    }),
  );
});
