import { formatDateTime, formatShortDay } from '../conversation/local-time.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import type { Search, SearchHit } from '../state/mode.js';
import { foldText } from '../../../shared/fold-text.js';
import { hitCount, matchesIn } from './search.js';

/** `match`: what was searched for, as offsets in the text. */
type HitRow = {
  readonly text: string;
  readonly isChosen: boolean;
  readonly match: { readonly start: number; readonly end: number } | undefined;
};

/** The search as rows: the query, the progress, and the hits around the chosen one. */
export type SearchView = {
  readonly query: string;
  readonly progress: string;
  readonly hits: readonly HitRow[];
  /** In the first row. */
  readonly caretColumn: number;
};

const label = 'search: ';
const mentionsHeading = 'mentions of you in all rooms';
const maxNameCells = 16;

/** Lays out a search. The query and the progress take two of the `height` rows. */
export function searchView(search: Search, { width, height }: { width: number; height: number }): SearchView {
  const { text, cursor } = search.query;
  const availableCells = Math.max(1, width - label.length - 1);
  const before = tail(shownText(text.slice(0, cursor)), availableCells);
  const rows = Math.max(0, height - 2);
  const first = Math.max(0, Math.min(search.chosen - Math.floor(rows / 2), search.hits.length - rows));
  return {
    query:
      search.what === 'mentions'
        ? mentionsHeading
        : `${label}${truncate(before + shownText(text.slice(cursor)), availableCells)}`,
    progress: progressText(search),
    hits: search.hits.slice(first, first + rows).map((hit, index) => ({
      ...hitRow(hit, search.asked ?? search.query.text, width - 1),
      isChosen: first + index === search.chosen,
    })),
    caretColumn: textWidth(label + before),
  };
}

/** The most important part is first: a narrow row cuts the end. */
function progressText(search: Search): string {
  const { progress, hits, asked, query, what } = search;
  const found =
    what === 'mentions' && hits.length === 0
      ? 'no one has mentioned you'
      : `${hits.length === 0 ? 'nothing' : hitCount(search)} found`;
  if (asked !== query.text) return 'Enter search · Esc close';
  switch (progress.type) {
    case 'idle':
      return 'Enter search · Esc close';
    case 'running':
      return what === 'mentions' ? 'loading…' : `searching… ${hits.length} found · Esc stop`;
    case 'done': {
      const where = progress.where === 'loaded' ? ' in the loaded messages' : '';
      return hits.length === 0
        ? `${found}${where} · Esc close`
        : `${found}${where} · Up, Down choose · Enter go to the message`;
    }
    case 'failed':
      return what === 'mentions'
        ? `could not list the mentions: ${progress.reason}`
        : `search failed: ${progress.reason}`;
  }
}

// In a narrower list a hit has only its day, and less of the name.
const minWidthForTime = 60;
const maxNarrowNameCells = 8;

/** Time, name and the part of the text around its match. */
function hitRow(
  { timestamp, from, text, place }: SearchHit,
  query: string,
  width: number,
): Omit<HitRow, 'isChosen'> {
  const isWide = width >= minWidthForTime;
  const time = isWide ? formatDateTime(timestamp) : formatShortDay(timestamp);
  const name = truncate(sanitiseLine(from), isWide ? maxNameCells : maxNarrowNameCells);
  const where = place ? `${truncate(place.label, isWide ? maxNameCells : maxNarrowNameCells)}  ` : '';
  const start = `${time}  ${where}${name}  `;
  const line = sanitiseLine(text);
  const wanted = foldText(query);
  const [match] = matchesIn(line, wanted);
  const shown = snippet(line, match ?? { start: 0, end: 0 }, Math.max(8, width - textWidth(start)));
  const row = truncate(start + shown, Math.max(1, width));
  const [found] = matchesIn(row.slice(start.length), wanted);
  const isShown = found && start.length + found.end <= row.length;
  return isShown
    ? { text: row, match: { start: start.length + found.start, end: start.length + found.end } }
    : { text: row, match: undefined };
}

// A longer word is cut, such as a link, or a text in a script without spaces.
const maxWholeWordCells = 20;

/** The part of a line around a match that fills `cells`; it begins and ends with whole words where they are short. */
function snippet(line: string, match: { start: number; end: number }, cells: number): string {
  if (textWidth(line) <= cells) return line;
  // Both ends may have an ellipsis.
  const available = cells - 2;
  const fits = (from: number, to: number) => textWidth(line.slice(from, to)) <= available;
  let start = line.lastIndexOf(' ', match.start) + 1;
  let end = wordEnd(line, match.end);
  if (!fits(start, end)) {
    start = match.start;
    end = start;
  }
  const leadCells = Math.floor(available / 3);
  const growLeft = (maxLeadCells: number) => {
    while (start > 0) {
      const next = line.lastIndexOf(' ', start - 2) + 1;
      if (!fits(next, end) || textWidth(line.slice(next, match.start)) > maxLeadCells) return;
      start = next;
    }
  };
  growLeft(leadCells);
  while (end < line.length && fits(start, wordEnd(line, end + 1))) end = wordEnd(line, end + 1);
  growLeft(available);
  const next = line.slice(end, wordEnd(line, end + 1));
  const cut = end === start || textWidth(next) > maxWholeWordCells;
  const before = start > 0 ? '…' : '';
  if (cut) return truncate(before + line.slice(start), cells);
  return `${before}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
}

function wordEnd(line: string, from: number): number {
  const at = line.indexOf(' ', from);
  return at < 0 ? line.length : at;
}

/** The end of a text, at most `width` cells. */
function tail(text: string, width: number): string {
  let rest = text;
  while (textWidth(rest) > width) rest = rest.slice(1).toWellFormed();
  return rest;
}
