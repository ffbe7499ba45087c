import type { PixelSize } from '../../../shared/png.js';

/** A size in terminal cells. */
export type CellSize = { readonly columns: number; readonly rows: number };

/** The size of a cell in pixels. */
export type CellPixels = { readonly width: number; readonly height: number };

export const defaultCellPixels: CellPixels = { width: 10, height: 20 };

/** A part of an image, drawn over whole rows of blank cells. */
export type ImagePart = {
  readonly row: number;
  readonly rows: number;
  /** Draws it from the cursor's cell without scrolling; the cursor may end anywhere. */
  readonly bytes: string;
  /** The same for some of its rows; `to` is exclusive. Without it the part is drawn only as a whole. */
  readonly crop?: (from: number, to: number) => string;
};

/** An image ready for the terminal. */
export type RenderedImage = {
  /** Each `columns` wide and ending in the default colours, with escape sequences of this program only. */
  readonly rows: readonly string[];
  readonly columns: number;
  /** Written once before the rows: whole escape sequences, between which others may come. */
  readonly upload?: readonly string[];
  readonly release?: string;
  /** Drawn over the rows in view, and again when those cells were written. */
  readonly parts?: readonly ImagePart[];
};

/** The port to half blocks or a terminal's own protocol. */
export type ImageRenderer = {
  /** Fills exactly these cells, so they can be reserved. Throws `message-refused` for a damaged or too large image. */
  render(bytes: Uint8Array, cells: CellSize): Promise<RenderedImage>;
};

/** Where the terminal does not report its cells: two half blocks are square. */
export const defaultCellRatio = 2;

/** How the pixels of an image map to cells. */
export type ImageScale = {
  readonly cellRatio: number;
  /** Image pixels per column at full size; an image is never enlarged beyond it. */
  readonly columnPixels: number;
};

export const blockScale: ImageScale = { cellRatio: defaultCellRatio, columnPixels: 1 };

/** Keeps proportions, never enlarges, takes at least one cell. */
export function fitCells(
  image: PixelSize,
  box: CellSize,
  { cellRatio, columnPixels } = blockScale,
): CellSize {
  const scale = Math.min(box.columns / image.width, (box.rows * cellRatio) / image.height, 1 / columnPixels);
  return {
    columns: clamp(Math.round(image.width * scale), box.columns),
    rows: clamp(Math.round((image.height * scale) / cellRatio), box.rows),
  };
}

function clamp(value: number, max: number): number {
  return Math.max(1, Math.min(max, value));
}
