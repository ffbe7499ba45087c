import { maxComposerRows } from '../composer/composer-layout.js';
import { panelFromColumns } from '../rooms/room-panel.js';
import type { ScreenSize } from '../state/app-state.js';

/** The rows of the screen from the top: status, messages, composer, hints. */
export type ScreenLayout = {
  /** Of the room list, left of messages and composer; 0 without one. */
  readonly panelColumns: number;
  /** Of messages and composer. */
  readonly columns: number;
  readonly body: { readonly top: number; readonly height: number };
  /** Rows inside the composer. */
  readonly composerRows: number;
  readonly boxed: boolean;
  readonly hasHints: boolean;
};

// Smaller screens have no border, and then no hints.
const boxedFrom: ScreenSize = { columns: 30, rows: 8 };
const hintsFromRows = 6;

/** The room list is a fifth of the screen, within these limits. */
const panelWidths = { min: 26, max: 32 };

/** The columns of the room list, with the line right of it; `isWanted`: there are rooms to list. */
export function panelColumns({ columns }: ScreenSize, isWanted: boolean): number {
  if (!isWanted || columns < panelFromColumns) return 0;
  return Math.max(panelWidths.min, Math.min(panelWidths.max, Math.floor(columns / 5)));
}

/** The width of the text inside the composer. */
export function composerWidth({ columns, rows }: ScreenSize): number {
  return Math.max(1, isBoxed({ columns, rows }) ? columns - 4 : columns - 2);
}

/** Divides the screen right of a room list; the composer gets up to `wanted` rows, the messages at least two thirds. */
export function layoutScreen(size: ScreenSize, wanted: number, panelColumns = 0): ScreenLayout {
  const boxed = isBoxed(size);
  const hasHints = size.rows >= hintsFromRows;
  const border = boxed ? 2 : 0;
  const most = Math.max(1, Math.min(maxComposerRows, Math.floor(size.rows / 3)));
  const composerRows = Math.max(1, Math.min(wanted, most));
  const height = Math.max(0, size.rows - 1 - composerRows - border - (hasHints ? 1 : 0));
  const { columns } = size;
  return { panelColumns, columns, body: { top: 1, height }, composerRows, boxed, hasHints };
}

/** Rows between the messages and the composer. */
export function withSuggestions(layout: ScreenLayout, rows: number): ScreenLayout {
  const { body } = layout;
  return rows === 0 ? layout : { ...layout, body: { ...body, height: body.height - rows } };
}

function isBoxed({ columns, rows }: ScreenSize): boolean {
  return columns >= boxedFrom.columns && rows >= boxedFrom.rows;
}
