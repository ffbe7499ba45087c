import { cursorTo } from './frame-diff.js';
import type { Row } from './row-cells.js';

/** Something that the terminal draws over whole cells, such as a sixel image; the rows below it are blank there. */
export type Overlay = {
  /** Its first cell, from 0. */
  readonly x: number;
  readonly y: number;
  /** How many rows it covers; all of them are on the screen. */
  readonly rows: number;
  /** What draws it, with the cursor at its first cell. It may leave the cursor anywhere. */
  readonly bytes: string;
};

/** Whether two overlays look the same; for use with `some`. */
export function isSameOverlay(one: Overlay): (other: Overlay) => boolean {
  return (other) => one.x === other.x && one.y === other.y && one.bytes === other.bytes;
}

/** Whether one of the rows below an overlay is written on the way from `shown` to `next`. */
export function isHurt(
  { y, rows }: Overlay,
  shown: readonly (Row | undefined)[],
  next: readonly Row[],
): boolean {
  for (let row = y; row < y + rows; row += 1) if (shown[row] !== next[row]) return true;
  return false;
}

/** The first of some overlays that take at most so many bytes; at least one. */
export function firstOverlays(overlays: readonly Overlay[], maxBytes: number): readonly Overlay[] {
  let total = 0;
  const end = overlays.findIndex(({ bytes }, index) => (total += bytes.length) > maxBytes && index > 0);
  return end < 0 ? overlays : overlays.slice(0, end);
}

/** The bytes that draw an overlay in its place. */
export function overlaySequence({ x, y, bytes }: Overlay): string {
  return cursorTo(x, y) + bytes;
}
