import type { ImageState } from '../../images/image-cache.js';
import type { MessageList } from './message-list.js';
import type { BlockRow, BlockImage, ImageRow } from './message-block.js';
import type { Viewport } from '../state/reading.js';
import { topOf } from './viewport.js';

/** The content of the conversation's area. */
export type VisibleRows = {
  /** One finished row for each row of the area. A short list is at the bottom. */
  readonly rows: readonly string[];
  /** Those with at least one row in view, oldest first. */
  readonly images: readonly VisibleImage[];
};

/** An image in view, and its first cell in the area, from 0, if it is in view completely. */
export type VisibleImage = {
  readonly image: BlockImage;
  readonly place: { readonly x: number; readonly y: number } | undefined;
};

/** What is shown in addition to the list. */
export type Shown = {
  readonly selected: string | undefined;
  /** Marks what was searched for in a row of a message. */
  readonly mark?: ((row: string) => string) | undefined;
  readonly stateOf: (image: BlockImage) => ImageState | undefined;
};

/** Replaces the blank first column of the selected message. */
const selectionMark = '▌';
const firstCell = /^((?:\x1b\[[\d;]*m)*)[ ▸]/;

/** Lays out the part of the list in view in an area of `height` rows. */
export function visibleRows(
  list: MessageList,
  viewport: Viewport,
  height: number,
  { selected, mark, stateOf }: Shown,
): VisibleRows {
  const top = topOf(viewport, list, height);
  const blockRows: { readonly row: BlockRow; readonly isSelected: boolean; readonly isHeading: boolean }[] =
    [];
  for (let index = top.index; index < list.count && blockRows.length < height; index++) {
    const rows = list.rows(index);
    const headings = rows.length - list.messageHeight(index);
    const isSelected = selected !== undefined && list.keyAt(index) === selected;
    const cut = index === top.index ? top.row : 0;
    for (let line = cut; line < rows.length; line++) {
      const isHeading = line < headings;
      blockRows.push({ row: rows[line] ?? '', isSelected: isSelected && !isHeading, isHeading });
    }
  }
  blockRows.length = Math.min(blockRows.length, height);
  const blank = Array<string>(height - blockRows.length).fill('');
  const finished = blockRows.map(({ row: unmarked, isSelected, isHeading }) => {
    const row = typeof unmarked === 'string' && mark && !isHeading ? mark(unmarked) : unmarked;
    const text = typeof row === 'string' ? row : row.before + imageRow(row, stateOf(row.image)) + row.after;
    return isSelected ? text.replace(firstCell, `${selectionMark}$1`) : text;
  });
  return {
    rows: [...blank, ...finished],
    images: visibleImages(
      blockRows.map(({ row }) => row),
      blank.length,
    ),
  };
}

function visibleImages(rows: readonly BlockRow[], top: number): VisibleImage[] {
  const found = new Map<string, VisibleImage>();
  rows.forEach((row, index) => {
    if (typeof row === 'string' || found.has(row.image.id)) return;
    const { image, line, column } = row;
    const isWhole = line === 0 && index + image.box.rows <= rows.length;
    found.set(image.id, { image, place: isWhole ? { x: column, y: top + index } : undefined });
  });
  return [...found.values()];
}

function imageRow({ image, line }: ImageRow, state: ImageState | undefined): string {
  const ready = state?.status === 'ready' ? state.image.rows[line] : undefined;
  return ready ?? ' '.repeat(image.box.columns);
}
