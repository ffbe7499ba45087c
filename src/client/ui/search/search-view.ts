import { formatDateTime } from '../conversation/local-time.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { Search, SearchHit } from '../state/mode.js';
import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';

/** The search as rows: the query, the progress, and the hits around the chosen one. */
export type SearchView = {
  readonly query: string;
  readonly progress: string;
  readonly hits: readonly { readonly text: string; readonly isChosen: boolean }[];
  /** In the first row. */
  readonly caretColumn: number;
};

const label = 'search: ';
const maxNameCells = 16;

/** Lays out a search. The query and the progress take two of the `height` rows. */
export function searchView(search: Search, { width, height }: { width: number; height: number }): SearchView {
  const { text, cursor } = search.query;
  const availableCells = Math.max(1, width - label.length - 1);
  const before = tail(shownText(text.slice(0, cursor)), availableCells);
  const rows = Math.max(0, height - 2);
  const first = Math.max(0, Math.min(search.chosen - Math.floor(rows / 2), search.hits.length - rows));
  return {
    query: `${label}${truncate(before + shownText(text.slice(cursor)), availableCells)}`,
    progress: progressText(search),
    hits: search.hits.slice(first, first + rows).map((hit, index) => ({
      text: hitRow(hit, search.asked ?? '', width - 1),
      isChosen: first + index === search.chosen,
    })),
    caretColumn: textWidth(label + before),
  };
}

function progressText({ progress, hits, asked, query }: Search): string {
  const found = `${hits.length === 0 ? 'nothing' : hits.length} found`;
  if (asked !== undefined && asked !== query.text) return `${found} · Enter search again · Esc close`;
  switch (progress.type) {
    case 'idle':
      return 'Enter search · Esc close';
    case 'running':
      return `searching… ${hits.length} found · Esc stop`;
    case 'done': {
      const where = progress.where === 'loaded' ? ' in the loaded messages' : '';
      return hits.length === 0
        ? `${found}${where} · Esc close`
        : `${found}${where} · Up, Down choose · Enter go to the message`;
    }
    case 'failed':
      return `search failed: ${progress.reason}`;
  }
}

/** Time, name and text. A long text starts close to its match. */
function hitRow({ timestamp, from, text }: SearchHit, query: string, width: number): string {
  const name = truncate(sanitiseLine(from), maxNameCells);
  const start = `${formatDateTime(timestamp)}  ${name}  `;
  const line = sanitiseLine(text);
  const textCells = Math.max(8, width - textWidth(start));
  const folded = foldWithOffsets(line);
  const wanted = foldText(query);
  const at = folded.text.indexOf(wanted);
  const match = at < 0 ? { start: 0, end: 0 } : folded.range(at, at + wanted.length);
  const skipped = match.end > textCells ? Math.max(0, match.start - Math.floor(textCells / 3)) : 0;
  const shown = skipped > 0 ? `…${line.slice(skipped).toWellFormed()}` : line;
  return truncate(start + shown, Math.max(1, width));
}

/** The end of a text, at most `width` cells. */
function tail(text: string, width: number): string {
  let rest = text;
  while (textWidth(rest) > width) rest = rest.slice(1).toWellFormed();
  return rest;
}
