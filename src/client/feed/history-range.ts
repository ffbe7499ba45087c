import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { pageSizes } from '../../shared/message-queries.js';
import type { Message } from '../../shared/message.js';
import type { Connection } from '../connection/port.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';
import type { NewMessage } from './feed-position.js';

/** A part of the history. */
export type HistoryRange = {
  readonly after?: number;
  /** In milliseconds since 1970. */
  readonly since?: number;
  /** The number of newest messages for which `isCounted` is true. */
  readonly count?: number;
  readonly isCounted: (message: Message) => boolean;
};

/** The arguments of `findStart`. */
type StartSearch = {
  readonly connection: Pick<Connection, 'history'>;
  readonly head: number;
  readonly range: HistoryRange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Returns the sequence before the first existing message of the range. Reads no further back than necessary. */
export async function findStart(search: StartSearch): Promise<number> {
  const { head, range } = search;
  const { after = 0, since, count } = range;
  if (after >= head || count === 0) return head;
  if (since === undefined && count === undefined) return Math.max(after, await bisectBeforeOldest(search));
  let start = head;
  let left = count ?? Infinity;
  // A few messages need no large page; many are read in few pages.
  let size = Math.min(pageSizes.max, Math.max(pageSizes.default, count ?? pageSizes.max));
  for (let position = head + 1; position > after + 1; size = Math.min(pageSizes.max, size * 2)) {
    const page = await readPage(position, size, search);
    for (const message of page) {
      position = message.sequence;
      if (position <= after) return start;
      if (message.timestamp < (since ?? 0) || !range.isCounted(message)) continue;
      start = position - 1;
      if (--left === 0) return start;
    }
    // Senders' clocks differ a little, so a single old message is not the end.
    if (page.every(({ timestamp }) => timestamp < (since ?? 0))) return start;
  }
  return start;
}

/** For a server without a log, which sends its whole history. */
export function selectRange(history: readonly NewMessage[], range: HistoryRange): readonly NewMessage[] {
  const { after, since = 0, count } = range;
  if (after !== undefined) {
    throw new ChatError('unsupported', 'this server gives its messages no sequence', {
      hint: 'Give a time to --since, or use --tail.',
    });
  }
  const recent = history.filter(({ message }) => message.timestamp >= since);
  if (count === undefined) return recent;
  const counted = recent.filter(({ message }) => range.isCounted(message));
  const first = counted.at(-count);
  if (count === 0) return [];
  return first && counted.length > count ? recent.slice(recent.indexOf(first)) : recent;
}

async function bisectBeforeOldest(search: StartSearch): Promise<number> {
  let none = 0;
  let some = search.head;
  // Usually no message has been removed, so the first guess is the start of the log.
  for (let middle = 1; none < some; middle = Math.ceil((none + some) / 2)) {
    const [oldest] = await readPage(middle + 1, 1, search);
    if (oldest) some = Math.min(middle, oldest.sequence) - 1;
    else none = middle;
  }
  return none;
}

function readPage(
  before: number,
  limit: number,
  { connection, clock, signal }: StartSearch,
): Promise<readonly Message[]> {
  return retryWhenRateLimited(() => connection.history(before, limit, signal), clock, signal);
}

/** The arguments of `searchBackward`. */
type BackwardSearch = {
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
