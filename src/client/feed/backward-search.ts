import type { Clock } from '../../shared/clock.js';
import { pageSizes } from '../../shared/message-queries.js';
import type { Message } from '../../shared/message.js';
import type { Connection } from '../connection/port.js';
import type { HistoryRange } from './history-range.js';
import { retryWhenRateLimited } from './retry-when-rate-limited.js';

/** The arguments of `searchBackward`. */
export type BackwardSearch = {
  readonly connection: Pick<Connection, 'search'>;
  readonly text: string;
  readonly range: HistoryRange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Newest first, requesting a page when the last one was consumed. */
export async function* searchBackward(search: BackwardSearch): AsyncGenerator<Message, void, void> {
  const { clock, signal } = search;
  const { after = 0, since = 0, count = Infinity, isCounted } = search.range;
  let left = count;
  let position = 0;
  for (let isMore = left > 0; isMore && position !== 1;) {
    const page = await retryWhenRateLimited(() => readMatches(search, position), clock, signal);
    for (const message of page) {
      position = message.sequence;
      if (position <= after) return;
      if (message.timestamp < since || !isCounted(message)) continue;
      yield message;
      if (--left === 0) return;
    }
    // Senders' clocks differ a little, so a single old message is not the end.
    isMore = page.length === pageSizes.max && page.some(({ timestamp }) => timestamp >= since);
  }
}

async function readMatches({ connection, text, signal }: BackwardSearch, before: number): Promise<Message[]> {
  const matches: Message[] = [];
  for await (const message of connection.search(text, before, pageSizes.max, signal)) matches.push(message);
  return matches;
}
