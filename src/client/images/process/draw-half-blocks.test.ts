import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compactSgr } from './draw-half-blocks.js';

type Cell = { back: string; fore: string };

/** The colours of each cell as a terminal shows them. */
function shown(row: string): Cell[] {
  const cells: Cell[] = [];
  const now: Cell = { back: '49', fore: '39' };
  for (const [, code, character] of row.matchAll(/\x1b\[([\d;]*)m|(▄)/g)) {
    if (character !== undefined) cells.push({ ...now });
    else if (code !== undefined) now[/^(4|10)/.test(code) ? 'back' : 'fore'] = code;
  }
  return cells;
}

test('equal neighbour cells share colours, and the row ends in the default colours', () => {
  const cell = '\x1b[48;5;1m\x1b[38;5;2m▄\x1b[39m\x1b[49m';
  expect(compactSgr(cell.repeat(3))).toBe('\x1b[48;5;1m\x1b[38;5;2m▄▄▄\x1b[39m\x1b[49m');
});

test('a row of another form stays unchanged', () => {
  for (const row of ['', '▄▄', '\x1b[0m\x1b[38;5;1m▄\x1b[39m\x1b[0m']) expect(compactSgr(row)).toBe(row);
});

test('every cell keeps its colours', () => {
  const colour = fc.constantFrom('1', '2', '196');
  const cells = fc.array(fc.record({ back: colour, fore: colour }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(cells, (row) => {
      const wide = row
        .map(({ back, fore }) => `\x1b[48;5;${back}m\x1b[38;5;${fore}m▄\x1b[39m\x1b[49m`)
        .join('');
      const compact = compactSgr(wide);
      expect(shown(compact)).toEqual(shown(wide));
      expect(compact.length).toBeLessThanOrEqual(wide.length);
      expect(compact.endsWith('\x1b[39m\x1b[49m')).toBe(true);
    }),
  );
});
