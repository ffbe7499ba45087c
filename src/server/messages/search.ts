import { setImmediate } from 'node:timers/promises';
import { foldText } from '../../shared/fold-text.js';
import { contentType } from '../../shared/message.js';
import type { SearchQuery } from '../../shared/message-queries.js';
import { decodeText } from '../../shared/text.js';
import { pagesBefore } from './backward.js';
import { isLobbyMessage, type DecodedEntry, type Entry, type MessageLog } from './message-log.js';

/** Messages of the lobby whose folded text contains the query's, newest first. `takeTurns` runs after each page. */
export async function* search(
  log: Pick<MessageLog, 'readBefore' | 'prefiltered'>,
  { text, before, limit }: Pick<SearchQuery, 'text' | 'before' | 'limit'>,
  signal: AbortSignal,
  takeTurns: () => Promise<void> = setImmediate,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const wanted = foldText(text);
  let left = limit;
  for await (const entries of log.prefiltered?.(before, wanted) ?? pagesBefore(log, before)) {
    signal.throwIfAborted();
    const found = entries.filter((entry) => contains(entry, wanted)).slice(0, left);
    if (found.length > 0) yield found;
    left -= found.length;
    if (left <= 0) return;
    await takeTurns();
  }
}

function contains(entry: DecodedEntry, wanted: string): boolean {
  const { type, content } = entry.message;
  return isLobbyMessage(entry) && type === contentType.text && foldText(decodeText(content)).includes(wanted);
}
