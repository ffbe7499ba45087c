import type { AppState } from '../state/app-state.js';
import { searchView } from '../search/search-view.js';
import type { Dialog } from '../state/mode.js';
import { firstTextRow, textRows } from './text-dialog.js';

/** One row of an overlay. */
export type OverlayRow = { readonly text: string; readonly look: 'plain' | 'dim' | 'chosen' };

/** An overlay in its place: its rows, and the cursor where something is typed. */
export type OverlayView = {
  readonly rows: readonly OverlayRow[];
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
};

/** Lays an overlay over the area of the messages. One column at the left stays free. */
export function overlayView(
  overlay: Dialog,
  state: AppState,
  columns: number,
  body: { readonly top: number; readonly height: number },
): OverlayView {
  if (overlay.type !== 'search') {
    const all = textRows(overlay, state, columns - 1);
    const first = firstTextRow(overlay.top, all.length, body.height);
    const rows = all.slice(first, first + body.height);
    return { rows: rows.map((text) => ({ text, look: 'plain' as const })), cursor: undefined };
  }
  const view = searchView(overlay, { width: columns - 1, height: body.height });
  const rows: OverlayRow[] = [
    { text: view.query, look: 'plain' },
    { text: view.progress, look: 'dim' },
    ...view.hits.map(({ text, isChosen }) => ({
      text,
      look: isChosen ? ('chosen' as const) : ('plain' as const),
    })),
  ];
  return {
    rows: rows.slice(0, body.height),
    cursor: { x: Math.min(columns - 1, 1 + view.cursorColumn), y: body.top },
  };
}
