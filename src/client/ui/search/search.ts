import { contentType, type Message } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { emptyEditor } from '../composer/editor.js';
import { foldText, foldWithPlaces } from '../../../shared/fold-text.js';
import type { Search, SearchHit } from '../state/mode.js';
import { itemAt, itemCount, type SessionState } from '../../session/state.js';

/** So many hits are shown: more are no list for a person. */
export const mostHits = 200;

/** Of a hit's text this much is kept, in characters: 200 rows need no more. */
const keptText = 2000;

/** A search that has not begun. */
export function newSearch(): Search {
  return {
    type: 'search',
    query: emptyEditor,
    asked: undefined,
    hits: [],
    chosen: 0,
    progress: { type: 'idle' },
  };
}

/** A message as a hit. */
export function searchHit(
  { sequence, timestamp, from, content }: Message,
  key: string | undefined,
  query: string,
): SearchHit {
  const text = decodeText(content);
  // What matched stays in what is kept.
  const folded = foldWithPlaces(text);
  const found = folded.text.indexOf(foldText(query));
  const at = found < 0 ? 0 : folded.range(found, found).start;
  const start = Math.max(0, at - keptText / 2);
  return { sequence, key, timestamp, from, text: text.slice(start, start + keptText).toWellFormed() };
}

/** Searches what is loaded, in any case, newest first: where the server does not search. */
export function searchLoaded(session: SessionState, query: string): SearchHit[] {
  const sought = foldText(query);
  const hits: SearchHit[] = [];
  for (let index = itemCount(session) - 1; index >= 0 && hits.length < mostHits; index--) {
    const item = itemAt(session, index);
    if (item?.message.type !== contentType.text) continue;
    if (foldText(decodeText(item.message.content)).includes(sought)) {
      hits.push(searchHit(item.message, item.key, query));
    }
  }
  return hits;
}
