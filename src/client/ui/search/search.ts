import { contentType, type Message } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { emptyEditor } from '../composer/editor.js';
import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';
import type { Search, SearchHit } from '../state/mode.js';
import { itemAt, itemCount, type Conversation } from '../../session/state.js';

export const maxHits = 200;

/** The hits with further ones, as many as are shown. */
export function withHits(search: Search, more: readonly SearchHit[]): Search {
  const hits = [...search.hits, ...more];
  return { ...search, hits: hits.slice(0, maxHits), hasMore: search.hasMore || hits.length > maxHits };
}

/** `57`, or `200+` if there are more. */
export function hitCount({ hits, hasMore }: Search): string {
  return `${hits.length}${hasMore ? '+' : ''}`;
}

/** More than fits into a row of 200 columns. */
const maxHitLength = 2000;

/** A search that has not begun. */
export function newSearch(): Search {
  return {
    type: 'search',
    what: 'texts',
    query: emptyEditor,
    asked: undefined,
    hits: [],
    hasMore: false,
    isReopened: false,
    chosen: 0,
    progress: { type: 'idle' },
  };
}

/** Keeps the part of a long text that contains the match. */
export function searchHit(
  { sequence, timestamp, from, type, content }: Message,
  key: string | undefined,
  query: string,
): SearchHit {
  const text = type === contentType.image ? 'an image' : decodeText(content);
  // The kept part contains the match.
  const folded = foldWithOffsets(text);
  const found = folded.text.indexOf(foldText(query));
  const at = found < 0 ? 0 : folded.range(found, found).start;
  const start = Math.max(0, at - maxHitLength / 2);
  return { sequence, key, timestamp, from, text: text.slice(start, start + maxHitLength).toWellFormed() };
}

/** Searches the loaded messages, newest first, for servers without a search. One hit more than are shown. */
export function searchLoaded(session: Conversation, query: string): SearchHit[] {
  const folded = foldText(query);
  const hits: SearchHit[] = [];
  for (let index = itemCount(session) - 1; index >= 0 && hits.length <= maxHits; index--) {
    const item = itemAt(session, index);
    if (item?.message.type !== contentType.text) continue;
    if (foldText(decodeText(item.message.content)).includes(folded)) {
      hits.push(searchHit(item.message, item.key, query));
    }
  }
  return hits;
}

/** Marks the matches in a finished row. */
export type MatchMarker = (row: string) => string;

/** The escape sequences of a row: styles, and the beginning and end of a hyperlink. */
const sequences = /(\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\)/;
const reset = '\x1b[m';
const underlinedOrInverse = /[[;][47][;m]/;
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
  const tokens = row.split(sequences);
  const ranges = matchesIn(tokens.filter((_, index) => index % 2 === 0).join(''), wanted);
  if (ranges.length === 0) return row;
  let marked = '';
  let position = 0;
  let isInside = false;
  let look = '';
  tokens.forEach((token, index) => {
    if (index % 2 === 1) {
      const isStyle = token.startsWith('\x1b[');
      if (isStyle) look = token === reset ? '' : look + token;
      marked += isInside && isStyle ? token + on : token;
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
      // A link remains underlined, and a mention inverse.
      if (!isInside) marked += underlinedOrInverse.test(look) ? off + look : off;
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
