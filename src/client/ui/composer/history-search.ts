import type { Editor } from './editor.js';

/** Ctrl+R: going back through what was sent for what contains the query. */
export type HistorySearch = {
  readonly query: string;
  /** The entry that is shown; the number of entries while none is. */
  readonly position: number;
  /** False when no entry from here back contains the query. */
  readonly found: boolean;
  /** The draft that Esc brings back. */
  readonly before: Editor;
};
