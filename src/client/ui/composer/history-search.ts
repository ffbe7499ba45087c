import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import { previousGrapheme } from './editor-motion.js';
import type { Composer } from './composer.js';
import { type Editor, withText } from './editor.js';
import { foldText } from '../../../shared/fold-text.js';

/** Begins a search; the draft stays until something is found. */
export function startHistorySearch(composer: Composer): Composer {
  const { history, editor } = composer;
  return {
    ...composer,
    historySearch: { query: '', position: history.entries.length, found: true, before: editor },
  };
}

/** What a key or text does in the search; undefined: it ended, the draft stays, and the key still has its meaning. */
export function updateHistorySearch(
  composer: Composer,
  search: HistorySearch,
  input: TerminalInput,
): Composer | undefined {
  const { query, position } = search;
  if (input.type === 'text') return seek(composer, search, query + input.text, position);
  if (input.type !== 'key') return undefined;
  switch (input.key) {
    case 'ctrl+r':
      return seek(composer, search, query, position - 1);
    case 'backspace':
      return seek(
        composer,
        search,
        query.slice(0, previousGrapheme(query, query.length)),
        composer.history.entries.length,
      );
    case 'enter':
      return endHistorySearch(composer);
    case 'escape':
    case 'ctrl+g':
      return { ...endHistorySearch(composer), editor: search.before };
    default:
      return undefined;
  }
}

/** The composer with what was found as its draft. */
export function endHistorySearch(composer: Composer): Composer {
  return { ...composer, historySearch: undefined };
}

/** The newest entry at or before `from` that contains the query, in any case. */
function seek(composer: Composer, search: HistorySearch, query: string, from: number): Composer {
  const { entries } = composer.history;
  if (query === '') return { ...composer, historySearch: { ...search, query, found: true } };
  const sought = foldText(query);
  const position = entries.slice(0, from + 1).findLastIndex((entry) => foldText(entry).includes(sought));
  const entry = entries[position];
  if (entry === undefined) return { ...composer, historySearch: { ...search, query, found: false } };
  return {
    ...composer,
    editor: withText(search.before, entry),
    historySearch: { ...search, query, position, found: true },
  };
}

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
