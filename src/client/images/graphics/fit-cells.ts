import type { PixelSize } from '../../../shared/png.js';
import type { CellSize } from './image-renderer.js';

/** A cell's height divided by its width, in pixels, where the terminal has not reported it: two half blocks are square. */
export const defaultCellRatio = 2;

/** How an image's pixels and the terminal's cells go together. */
export type ImageScale = {
  /** A cell's height divided by its width. */
  readonly cellRatio: number;
  /** The fewest pixels of an image that a column shows: an image is never enlarged over this. */
  readonly columnPixels: number;
};

/** One pixel of an image a column, at most, in cells twice as high as wide. */
export const blockScale: ImageScale = { cellRatio: defaultCellRatio, columnPixels: 1 };

/**
 * The cells that an image takes when it is fitted into `box`: proportions kept, never enlarged over its scale, at
 * least one cell. Pure, so a layout knows an image's height before it is decoded.
 */
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
