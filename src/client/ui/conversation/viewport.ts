import { newest, type Viewport } from '../state/app-state.js';

/** The list as the viewport sees it: blocks of rows, oldest first. */
export type RowSource = {
  readonly count: number;
  /** Whether the last block is the newest message, so that a view of it follows new ones. */
  readonly endsAtNewest: boolean;
  /** At least 1. */
  height(index: number): number;
  /** Stays the same when older or newer blocks are added. */
  keyAt(index: number): string;
  /** -1 if the block is gone. */
  indexOf(key: string): number;
};

/** A block and a row in it. */
export type RowPosition = { readonly index: number; readonly row: number };

/** The row at the top of a view of `height` rows. */
export function topOf(viewport: Viewport, source: RowSource, height: number): RowPosition {
  const lowest = lowestTop(source, height);
  if (viewport.type === 'newest') return lowest;
  const index = source.indexOf(viewport.key);
  // Only the oldest blocks are dropped, so that the row after a dropped anchor is the first one.
  if (index < 0) return earlier({ index: 0, row: 0 }, lowest);
  const row = Math.min(viewport.row, source.height(index) - 1);
  return earlier({ index, row }, lowest);
}

/** Scrolls by `rows` (negative: up); at the bottom the view follows the newest message again. */
export function scrollBy(viewport: Viewport, source: RowSource, height: number, rows: number): Viewport {
  const top = topOf(viewport, source, height);
  const target = rows < 0 ? up(top, source, -rows) : down(top, source, rows);
  return anchoredAt(target, source, height);
}

export function isAtBottom(viewport: Viewport, source: RowSource, height: number): boolean {
  return !isBefore(topOf(viewport, source, height), lowestTop(source, height));
}

export function scrollToOldest(source: RowSource, height: number): Viewport {
  return anchoredAt({ index: 0, row: 0 }, source, height);
}

/** The view with the block of `key` in the middle, or as close to it as possible. */
export function scrollToKey(key: string, source: RowSource, height: number): Viewport {
  const index = source.indexOf(key);
  return index < 0
    ? newest
    : anchoredAt(up({ index, row: 0 }, source, Math.floor(height / 2)), source, height);
}

function anchoredAt(position: RowPosition, source: RowSource, height: number): Viewport {
  const lowest = lowestTop(source, height);
  const { index, row } = earlier(position, lowest);
  if (source.count === 0 || (source.endsAtNewest && !isBefore(position, lowest))) return newest;
  return { type: 'anchored', key: source.keyAt(index), row };
}

/** The top row of the view at the bottom of the list. */
function lowestTop(source: RowSource, height: number): RowPosition {
  const last = source.count - 1;
  return last < 0
    ? { index: 0, row: 0 }
    : up({ index: last, row: source.height(last) - 1 }, source, height - 1);
}

function up(from: RowPosition, source: RowSource, rows: number): RowPosition {
  let { index, row } = from;
  let left = rows;
  while (left > row && index > 0) {
    left -= row + 1;
    index--;
    row = source.height(index) - 1;
  }
  return { index, row: Math.max(0, row - left) };
}

function down(from: RowPosition, source: RowSource, rows: number): RowPosition {
  let { index, row } = from;
  let left = rows;
  while (index < source.count - 1 && row + left >= source.height(index)) {
    left -= source.height(index) - row;
    index++;
    row = 0;
  }
  return { index, row: row + left };
}

function isBefore(a: RowPosition, b: RowPosition): boolean {
  return a.index < b.index || (a.index === b.index && a.row < b.row);
}

function earlier(a: RowPosition, b: RowPosition): RowPosition {
  return isBefore(a, b) ? a : b;
}
