import { contentType, type Message } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { emptyEditor } from '../composer/editor.js';
import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';
import type { Search, SearchHit } from '../state/mode.js';
import { itemAt, itemCount, type SessionState } from '../../session/state.js';

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
  { sequence, timestamp, from, content }: Message,
  key: string | undefined,
  query: string,
): SearchHit {
  const text = decodeText(content);
  // The kept part contains the match.
  const folded = foldWithOffsets(text);
  const found = folded.text.indexOf(foldText(query));
  const at = found < 0 ? 0 : folded.range(found, found).start;
  const start = Math.max(0, at - maxHitLength / 2);
  return { sequence, key, timestamp, from, text: text.slice(start, start + maxHitLength).toWellFormed() };
}

/** Searches the loaded messages, newest first, for servers without a search. One hit more than are shown. */
export function searchLoaded(session: SessionState, query: string): SearchHit[] {
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
