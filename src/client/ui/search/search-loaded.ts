import { foldText } from '../../../shared/fold-text.js';
import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { itemAt, itemCount, type SessionState } from '../../session/state.js';
import { mostHits, searchHit, type SearchHit } from './search.js';

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
