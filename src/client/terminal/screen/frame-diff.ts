import { blankCell, isPlainGrapheme, isSameCell, type Cell, type Row } from './row-cells.js';

/** Expects automatic wrapping off. A missing previous row may show anything. */
export function frameDiff(previous: readonly (Row | undefined)[], next: readonly Row[]): string {
  return next.map((row, y) => rowDiff(previous[y], row, y)).join('');
}

function rowDiff(previous: Row | undefined, next: Row, y: number): string {
  if (previous === next) return '';
  if (previous === undefined || panelColumns(previous) !== panelColumns(next)) return rowFrom(next, 0, y);
  return panelDiff(previous.panel, next.panel, y) + besidePanelDiff(previous, next, y);
}

function panelColumns({ panel }: Row): number {
  return panel?.cells.length ?? 0;
}

/** Both are of the same width; what is beside them is not touched, since it may be an image. */
function panelDiff(previous: Row | undefined, next: Row | undefined, y: number): string {
  if (previous === undefined || next === undefined || previous === next) return '';
  const { cells } = next;
  const [first, last] = changedCells(previous.cells, cells, 0);
  if (first > last) return '';
  if (previous.isPlain && next.isPlain) return cursorTo(first, y) + writtenCells(cells, first, last + 1);
  const blank = ' '.repeat(cells.length);
  return cursorTo(0, y) + blank + cursorTo(0, y) + writtenCells(cells, 0, cells.length);
}

function besidePanelDiff(previous: Row, next: Row, y: number): string {
  const start = panelColumns(next);
  const [first, last] = changedCells(previous.cells, next.cells, start);
  if (first > last) return '';
  // Terminals disagree on widths here, so it is not known which cells changed.
  if (!previous.isPlain || !next.isPlain) return rowFrom(next, start, y);
  if (last < next.cells.length) return cursorTo(first, y) + writtenCells(next.cells, first, last + 1);
  // Erasing after a full row would remove its last cell.
  return `${cursorTo(first, y)}\x1b[K${writtenCells(next.cells, first, next.cells.length)}`;
}

/** The first and the last cell that differ; the first is after the last if none does. */
function changedCells(
  previous: readonly Cell[],
  next: readonly Cell[],
  start: number,
): readonly [number, number] {
  const differs = (x: number) => !isSameCell(previous[x], next[x]);
  let last = Math.max(previous.length, next.length) - 1;
  let first = start;
  while (first <= last && !differs(first)) first += 1;
  while (first <= last && !differs(last)) last -= 1;
  return [first, last];
}

function rowFrom({ cells }: Row, from: number, y: number): string {
  const erase = from === 0 ? '\x1b[2K' : '\x1b[K';
  return `${cursorTo(from, y)}${erase}${writtenCells(cells, from, cells.length)}`;
}

export function cursorTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

function writtenCells(cells: readonly Cell[], from: number, to: number): string {
  let written = '';
  let style = '';
  let link = '';
  for (let x = from; x < to; x += 1) {
    const cell = cells[x] ?? blankCell;
    if (cell.text === '') continue;
    if (cell.link !== link) {
      written += linkSequence(cell.link);
      link = cell.link;
    }
    if (cell.style !== style) {
      written +=
        style === '' ? `\x1b[${cell.style}m` : cell.style === '' ? '\x1b[m' : `\x1b[0;${cell.style}m`;
      style = cell.style;
    }
    written += cell.text;
    if (!isPlainGrapheme(cell.text) && !cell.text.startsWith(kittyPlaceholder)) {
      written += columnAfter(cells, x, to);
    }
  }
  return `${written}${style === '' ? '' : '\x1b[m'}${link === '' ? '' : linkSequence('')}`;
}

/** The hyperlink of what is written next. */
function linkSequence(link: string): string {
  return `\x1b]8;${link === '' ? ';' : link}\x1b\\`;
}

/** Kitty's image placeholder is one cell wide wherever it is supported. */
const kittyPlaceholder = '\u{10eeee}';

/** Moves to the next column after a character whose width terminals disagree on. */
function columnAfter(cells: readonly Cell[], x: number, to: number): string {
  let next = x + 1;
  while (next < to && cells[next]?.text === '') next += 1;
  return next < to ? `\x1b[${next + 1}G` : '';
}

/** Drawn over whole cells by the terminal, such as a sixel image; the rows below it are blank there. */
export type Overlay = {
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  /** Draws it from the cursor's cell; the cursor may end anywhere. */
  readonly bytes: string;
};

export function isSameOverlay(one: Overlay): (other: Overlay) => boolean {
  return (other) => one.x === other.x && one.y === other.y && one.bytes === other.bytes;
}

export function isOverwritten(
  { y, rows }: Overlay,
  shown: readonly (Row | undefined)[],
  next: readonly Row[],
): boolean {
  for (let row = y; row < y + rows; row += 1) if (!isSameBesidePanel(shown[row], next[row])) return true;
  return false;
}

function isSameBesidePanel(one: Row | undefined, other: Row | undefined): boolean {
  if (one === other) return true;
  return one?.source === other?.source && one?.panel?.cells.length === other?.panel?.cells.length;
}

export function firstOverlays(overlays: readonly Overlay[], maxBytes: number): readonly Overlay[] {
  let total = 0;
  const end = overlays.findIndex(({ bytes }, index) => (total += bytes.length) > maxBytes && index > 0);
  return end < 0 ? overlays : overlays.slice(0, end);
}

export function overlaySequence({ x, y, bytes }: Overlay): string {
  return cursorTo(x, y) + bytes;
}
