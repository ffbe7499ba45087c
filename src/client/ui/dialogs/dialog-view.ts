import { searchView } from '../search/search-view.js';
import type { AppState } from '../state/app-state.js';
import type { Dialog } from '../state/mode.js';
import type { Caret } from '../state/screen.js';
import { firstTextRow, textRows } from './text-dialog.js';

/** One row of a dialog. */
export type DialogRow = {
  readonly text: string;
  readonly look: 'plain' | 'heading' | 'faint' | 'chosen';
  /** A part to mark, as offsets in the text. */
  readonly match?: { readonly start: number; readonly end: number } | undefined;
};

/** The visible rows, and the caret if the dialog has a text field. */
export type DialogView = { readonly rows: readonly DialogRow[]; readonly caret: Caret | undefined };

/** Lays out a dialog over the messages. The first column stays free. */
export function dialogView(
  dialog: Dialog,
  state: AppState,
  columns: number,
  body: { readonly top: number; readonly height: number },
): DialogView {
  if (dialog.type !== 'search') {
    const all = textRows(dialog, state, columns - 1);
    const first = firstTextRow(dialog.top, all.length, body.height);
    const rows = all.slice(first, first + body.height);
    return { rows, caret: undefined };
  }
  const view = searchView(dialog, { width: columns - 1, height: body.height });
  const rows: DialogRow[] = [
    { text: view.query, look: 'plain' },
    { text: view.progress, look: 'faint' },
    ...view.hits.map(({ text, isChosen, match }) => ({
      text,
      match,
      look: isChosen ? ('chosen' as const) : ('plain' as const),
    })),
  ];
  return {
    rows: rows.slice(0, body.height),
    caret: { x: Math.min(columns - 1, 1 + view.caretColumn), y: body.top },
  };
}
