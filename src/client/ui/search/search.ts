import type { Message } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { emptyEditor, type Editor } from '../composer/editor.js';
import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';

/** The search over the conversation: what is sought, and what was found. */
export type Search = {
  readonly type: 'search';
  readonly query: Editor;
  /** What was sought last; undefined before the first search. */
  readonly asked: string | undefined;
  /** Newest first. */
  readonly hits: readonly SearchHit[];
  /** The index of the chosen hit. */
  readonly chosen: number;
  readonly progress:
    | { readonly type: 'idle' }
    | { readonly type: 'running' }
    /** `where` says how far was looked. */
    | { readonly type: 'done'; readonly where: 'server' | 'loaded' }
    | { readonly type: 'failed'; readonly reason: string };
};

/** A message that contains what was sought. */
export type SearchHit = {
  /** Its place in the server's log; 0 where there is none. */
  readonly sequence: number;
  /** Its key in the list, where it was found there. */
  readonly key: string | undefined;
  readonly timestamp: number;
  readonly from: string;
  /** As it was written: not yet sanitised. */
  readonly text: string;
};

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
  const folded = foldWithOffsets(text);
  const found = folded.text.indexOf(foldText(query));
  const at = found < 0 ? 0 : folded.range(found, found).start;
  const start = Math.max(0, at - keptText / 2);
  return { sequence, key, timestamp, from, text: text.slice(start, start + keptText).toWellFormed() };
}
