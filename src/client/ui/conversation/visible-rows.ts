import type { ImageState } from '../../images/image-cache.js';
import { type MessageList, withFirstCell } from './message-list.js';
import type { BlockRow, BlockImage, ImageRow } from './message-block.js';
import type { Viewport } from '../state/app-state.js';
import { topOf } from './viewport.js';

/** The content of the conversation's area. */
export type VisibleRows = {
  /** One finished row for each row of the area. A short list is at the bottom. */
  readonly rows: readonly string[];
  /** Those with at least one row in view, oldest first. */
  readonly images: readonly VisibleImage[];
};

/** An image in view: its first visible cell in the area, from 0, and which of its rows are in view. */
export type VisibleImage = {
  readonly image: BlockImage;
  readonly place: {
    readonly x: number;
    readonly y: number;
    readonly firstRow: number;
    readonly rows: number;
  };
};

/** What is shown in addition to the list. */
export type Shown = {
  readonly selected: string | undefined;
  /** Marks what was searched for in a row of a message. */
  readonly mark?: ((row: string) => string) | undefined;
  readonly stateOf: (image: BlockImage) => ImageState | undefined;
};

/** In the first column of the selected message. */
const selectionMark = '▌';

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
    const rows = list.rows(index, index === top.index);
    const headings = rows.length - list.messageHeight(index);
    const isSelected = selected !== undefined && list.keyAt(index) === selected;
    const cut = index === top.index ? top.row : 0;
    for (let line = cut; line < rows.length; line++) {
      const isHeading = line < headings;
      blockRows.push({ row: rows[line] ?? '', isSelected: isSelected && !isHeading, isHeading });
    }
  }
  if (list.count === 0)
    blockRows.push(...list.emptyRows().map((row) => ({ row, isSelected: false, isHeading: true })));
  blockRows.length = Math.min(blockRows.length, height);
  const blank = Array<string>(height - blockRows.length).fill('');
  const images = visibleImages(
    blockRows.map(({ row }) => row),
    blank.length,
  );
  const placeOf = new Map(images.map(({ image, place }) => [image.id, place]));
  const finished = blockRows.map(({ row: unmarked, isSelected, isHeading }, index) => {
    const row = typeof unmarked === 'string' && mark && !isHeading ? mark(unmarked) : unmarked;
    const text =
      typeof row === 'string'
        ? row
        : row.before +
          imageRow(row, stateOf(row.image), blank.length + index, placeOf.get(row.image.id)) +
          row.after;
    return isSelected ? withFirstCell(text, selectionMark) : text;
  });
  return { rows: [...blank, ...finished], images };
}

type Place = VisibleImage['place'];

function visibleImages(rows: readonly BlockRow[], top: number): VisibleImage[] {
  const found = new Map<string, { image: BlockImage; place: Place }>();
  rows.forEach((row, index) => {
    if (typeof row === 'string') return;
    const { image, line, column } = row;
    const known = found.get(image.id)?.place;
    const place = known
      ? { ...known, rows: known.rows + 1 }
      : { x: column, y: top + index, firstRow: line, rows: 1 };
    found.set(image.id, { image, place });
  });
  return [...found.values()];
}

/** Until the image is ready, a label in the middle of its rows in view. */
function imageRow(
  { image, line }: ImageRow,
  state: ImageState | undefined,
  y: number,
  place: Place | undefined,
): string {
  const ready = state?.status === 'ready' ? state.image.rows[line] : undefined;
  if (ready !== undefined) return ready;
  const { columns } = image.box;
  const isMiddle = place !== undefined && y === place.y + Math.floor((place.rows - 1) / 2);
  const label = isMiddle && state !== undefined ? (labels[state.status] ?? '') : '';
  const left = Math.max(0, Math.floor((columns - label.length) / 2));
  return (' '.repeat(left) + label).slice(0, columns).padEnd(columns);
}

const labels: Readonly<Partial<Record<ImageState['status'], string>>> = {
  queued: 'waiting…',
  loading: 'decoding…',
};
