import { maxComposerRows } from '../composer/composer-layout.js';
import type { ScreenSize } from '../state/screen.js';

/** Which rows of the screen belong to what, from the top: status, messages, composer, hints. */
export type ScreenLayout = {
  /** The area of the message list. */
  readonly body: { readonly top: number; readonly height: number };
  /** Rows inside the composer. */
  readonly composerRows: number;
  /** Whether the composer has a border. */
  readonly boxed: boolean;
  readonly hasHints: boolean;
};

// Below these there is no room for ornament.
const boxedFrom: ScreenSize = { columns: 30, rows: 8 };
const hintsFromRows = 6;

/** The width of the text inside the composer. */
export function composerWidth({ columns, rows }: ScreenSize): number {
  return Math.max(1, isBoxed({ columns, rows }) ? columns - 4 : columns - 2);
}

/** Shares the screen out; the composer gets what its `wanted` rows need, the messages at least two thirds. */
export function layoutScreen(size: ScreenSize, wanted: number): ScreenLayout {
  const boxed = isBoxed(size);
  const hasHints = size.rows >= hintsFromRows;
  const border = boxed ? 2 : 0;
  const most = Math.max(1, Math.min(maxComposerRows, Math.floor(size.rows / 3)));
  const composerRows = Math.max(1, Math.min(wanted, most));
  const height = Math.max(0, size.rows - 1 - composerRows - border - (hasHints ? 1 : 0));
  return { body: { top: 1, height }, composerRows, boxed, hasHints };
}

function isBoxed({ columns, rows }: ScreenSize): boolean {
  return columns >= boxedFrom.columns && rows >= boxedFrom.rows;
}
