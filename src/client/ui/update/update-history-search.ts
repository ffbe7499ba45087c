import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import {
  extendQuery,
  findOlder,
  type HistoryMatch,
  type HistorySearch,
  shortenQuery,
} from '../composer/history-search.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppState } from '../state/app-state.js';
import { conversation } from '../state/mode.js';

/** Handles input in the history search; undefined: the input ends it and has its usual effect. */
export function updateHistorySearch(
  state: AppState,
  search: HistorySearch,
  input: TerminalInput,
): AppState | undefined {
  const { composer } = state;
  const withMatch = ([matched, mode]: HistoryMatch): AppState => ({ ...state, composer: matched, mode });
  if (input.type === 'text') return withMatch(extendQuery(composer, search, input.text));
  if (input.type !== 'key') return undefined;
  switch (actionFor('history-search', input.key)) {
    case 'older':
      return withMatch(findOlder(composer, search));
    case 'delete-left':
      return withMatch(shortenQuery(composer, search));
    case 'accept':
      return { ...state, mode: conversation };
    case 'cancel':
      return { ...state, composer: { ...composer, editor: search.before }, mode: conversation };
    case undefined:
      return undefined;
  }
}
