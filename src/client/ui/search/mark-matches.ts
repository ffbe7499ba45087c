import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';

/** Marks the matches in a finished row. */
export type MatchMarker = (row: string) => string;

const sgr = /(\x1b\[[\d;]*m)/;
// Underlined as well, because mentions are inverse.
const on = '\x1b[4;7m';
const off = '\x1b[24;27m';
const maxRemembered = 500;

/** Marks the texts that a search for `query` finds. Remembers the rows, since the same ones are drawn at each key. */
export function createMatchMarker(query: string): MatchMarker {
  const wanted = foldText(query);
  const known = new Map<string, string>();
  return (row) => {
    const marked = known.get(row) ?? markMatches(row, wanted);
    if (known.size >= maxRemembered) known.clear();
    known.set(row, marked);
    return marked;
  };
}

function markMatches(row: string, wanted: string): string {
  const tokens = row.split(sgr);
  const ranges = matchesIn(tokens.filter((_, index) => index % 2 === 0).join(''), wanted);
  if (ranges.length === 0) return row;
  let marked = '';
  let position = 0;
  let isInside = false;
  tokens.forEach((token, index) => {
    if (index % 2 === 1) {
      marked += isInside ? token + on : token;
      return;
    }
    const end = position + token.length;
    let done = position;
    for (const range of ranges) {
      if (range.end <= position || range.start >= end) continue;
      const from = Math.max(range.start, position);
      const to = Math.min(range.end, end);
      isInside = range.end > end;
      marked += token.slice(done - position, from - position);
      marked += (range.start >= position ? on : '') + token.slice(from - position, to - position);
      marked += isInside ? '' : off;
      done = to;
    }
    marked += token.slice(done - position);
    position = end;
  });
  return marked;
}

/** The ranges of all matches in a text, which do not overlap. */
export function matchesIn(text: string, wanted: string): { readonly start: number; readonly end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  if (wanted === '') return ranges;
  const folded = foldWithOffsets(text);
  for (let at = folded.text.indexOf(wanted); at >= 0; at = folded.text.indexOf(wanted, at + wanted.length)) {
    const range = folded.range(at, at + wanted.length);
    if (range.start >= (ranges.at(-1)?.end ?? 0)) ranges.push(range);
  }
  return ranges;
}
