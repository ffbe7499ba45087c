/** What was sent from here, for Up and Down. Whole drafts: line breaks and commands included. */
export type InputHistory = {
  readonly entries: readonly string[];
  /** Which entry is shown; `entries.length` is the draft that was being written. */
  readonly position: number;
  /** That draft, kept while entries are shown. */
  readonly draft: string;
};

/** Nothing was sent yet. */
export const emptyHistory: InputHistory = { entries: [], position: 0, draft: '' };

const maxEntries = 500;

/** Remembers a sent draft; one that repeats the last is not kept twice. */
export function remember(history: InputHistory, text: string): InputHistory {
  const known = history.entries.at(-1) === text || text === '';
  const entries = known ? history.entries : [...history.entries, text].slice(-maxEntries);
  return { entries, position: entries.length, draft: '' };
}

/** The entry before (-1) or after (+1) the shown one, or undefined at either end. */
export function recall(
  history: InputHistory,
  step: -1 | 1,
  current: string,
): { history: InputHistory; text: string } | undefined {
  const position = history.position + step;
  if (position < 0 || position > history.entries.length) return undefined;
  const draft = history.position === history.entries.length ? current : history.draft;
  return { history: { ...history, position, draft }, text: history.entries[position] ?? draft };
}
