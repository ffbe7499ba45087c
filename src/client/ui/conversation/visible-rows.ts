import type { ImageState } from '../../images/image-cache.js';
import type { MessageList } from './message-list.js';
import type { BlockRow, Picture } from './message-block.js';
import { topOf, type Viewport } from './viewport.js';

/** What the conversation's area shows. */
export type VisibleRows = {
  /** Exactly as many as the area is high, finished. A short list stands at the bottom. */
  readonly rows: readonly string[];
  /** The pictures of which a row is in view, oldest first. */
  readonly pictures: readonly Picture[];
  /** The indices of the first and the last message in view; -1 without any. */
  readonly first: number;
  readonly last: number;
};

/** Lays the part of the list that the viewport asks for into an area of `height` rows. */
export function visibleRows(
  list: MessageList,
  viewport: Viewport,
  height: number,
  stateOf: (picture: Picture) => ImageState | undefined,
): VisibleRows {
  const top = topOf(viewport, list, height);
  const blockRows: BlockRow[] = [];
  let index = top.index;
  for (; index < list.count && blockRows.length < height; index++) {
    blockRows.push(...list.rows(index).slice(index === top.index ? top.row : 0));
  }
  blockRows.length = Math.min(blockRows.length, height);
  const pictures = new Map<string, Picture>();
  const rows = blockRows.map((row) => {
    if (typeof row === 'string') return row;
    pictures.set(row.picture.id, row.picture);
    return row.before + pictureRow(row.picture, row.line, stateOf(row.picture)) + row.after;
  });
  const blank = Array<string>(height - rows.length).fill('');
  return {
    rows: [...blank, ...rows],
    pictures: [...pictures.values()],
    first: list.count === 0 ? -1 : top.index,
    last: index - 1,
  };
}

function pictureRow(picture: Picture, line: number, state: ImageState | undefined): string {
  const ready = state?.status === 'ready' ? state.image.rows[line] : undefined;
  return ready ?? ' '.repeat(picture.box.columns);
}
