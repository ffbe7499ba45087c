import { foldText } from '../../../shared/fold-text.js';
import type { Composer } from './composer.js';
import { type Editor, withText, previousGrapheme } from './editor.js';

/** A backward search through the history (Ctrl+R). */
export type HistorySearch = {
  readonly type: 'history-search';
  readonly query: string;
  /** The index of the shown entry; the number of entries if none is shown. */
  readonly position: number;
  readonly found: boolean;
  /** The draft that Esc restores. */
  readonly before: Editor;
};

/** A search, and the composer with the found draft. */
export type HistoryMatch = readonly [composer: Composer, search: HistorySearch];

export function newHistorySearch({ history, editor }: Composer): HistorySearch {
  return { type: 'history-search', query: '', position: history.entries.length, found: true, before: editor };
}

export function extendQuery(composer: Composer, search: HistorySearch, text: string): HistoryMatch {
  return match(composer, search, search.query + text, search.position);
}

export function shortenQuery(composer: Composer, search: HistorySearch): HistoryMatch {
  const { query } = search;
  const shorter = query.slice(0, previousGrapheme(query, query.length));
  return match(composer, search, shorter, composer.history.entries.length);
}

export function findOlder(composer: Composer, search: HistorySearch): HistoryMatch {
  return match(composer, search, search.query, search.position - 1);
}

/** Finds the newest entry at or before `from` that contains the query, ignoring case. */
function match(composer: Composer, search: HistorySearch, query: string, from: number): HistoryMatch {
  const { entries } = composer.history;
  if (query === '') return [composer, { ...search, query, found: true }];
  const folded = foldText(query);
  const position = entries.slice(0, from + 1).findLastIndex((entry) => foldText(entry).includes(folded));
  const entry = entries[position];
  if (entry === undefined) return [composer, { ...search, query, found: false }];
  return [
    { ...composer, editor: withText(search.before, entry) },
    { ...search, query, position, found: true },
  ];
}
