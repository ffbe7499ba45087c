import { cursorTo } from './frame-diff.js';
import type { Row } from './row-cells.js';

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
  for (let row = y; row < y + rows; row += 1) if (shown[row] !== next[row]) return true;
  return false;
}

export function firstOverlays(overlays: readonly Overlay[], maxBytes: number): readonly Overlay[] {
  let total = 0;
  const end = overlays.findIndex(({ bytes }, index) => (total += bytes.length) > maxBytes && index > 0);
  return end < 0 ? overlays : overlays.slice(0, end);
}

export function overlaySequence({ x, y, bytes }: Overlay): string {
  return cursorTo(x, y) + bytes;
}
