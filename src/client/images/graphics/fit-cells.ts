import type { PixelSize } from '../../../shared/png.js';
import type { CellSize } from './image-renderer.js';

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
