import { setImmediate } from 'node:timers/promises';
import { foldText } from '../../shared/fold-text.js';
import { contentType, lobby } from '../../shared/message.js';
import type { SearchQuery } from '../../shared/message-queries.js';
import { decodeText } from '../../shared/text.js';
import { pagesBefore } from './backward.js';
import type { DecodedEntry, Entry, MessageLog, RoomFilter } from './message-log.js';

/** What is searched. */
export type SearchScope = {
  /** Reads only these entries. */
  readonly of?: RoomFilter;
  /** No entry before this sequence is included. */
  readonly lowest: number;
  readonly isIncluded: (entry: Entry) => boolean;
};

/** The text messages of the scope that match the query, newest first. `takeTurns` runs after each page. */
export async function* search(
  log: Pick<MessageLog, 'readBefore' | 'prefiltered'>,
  { text, before, limit, from = '' }: Pick<SearchQuery, 'text' | 'before' | 'limit'> & Partial<SearchQuery>,
  scope: SearchScope,
  signal: AbortSignal,
  takeTurns: () => Promise<void> = setImmediate,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const wanted = foldText(text);
  const author = from.toLowerCase();
  const matches = ({ message: { type, from: name, content } }: DecodedEntry): boolean =>
    type === contentType.text &&
    (author === '' || name.toLowerCase() === author) &&
    foldText(decodeText(content)).includes(wanted);
  let left = limit;
  for await (const entries of pagesOf(log, before, wanted, scope.of)) {
    signal.throwIfAborted();
    const found = entries.filter((entry) => scope.isIncluded(entry) && matches(entry)).slice(0, left);
    if (found.length > 0) yield found;
    left -= found.length;
    if (left <= 0 || (entries.at(-1)?.sequence ?? Infinity) <= scope.lowest) return;
    await takeTurns();
  }
}

/** Most of the log is the lobby: there the filter of the store is faster than reading the messages of the room. */
function pagesOf(
  log: Pick<MessageLog, 'readBefore' | 'prefiltered'>,
  before: number,
  wanted: string,
  of: RoomFilter | undefined,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  const isLarge = of === undefined || of.room === lobby;
  const filtered = isLarge ? log.prefiltered?.(before, wanted) : undefined;
  return filtered ?? pagesBefore(log, before, of);
}
