import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { nextAttempt, reconnectDelay } from '../connection/backoff.js';
import type { Connection, Cursor, Opened, SubscriptionEvent } from '../connection/port.js';
import { fetchServerInfo } from '../connection/server-info.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { findStart, selectRange, type HistoryRange } from './history-range.js';
import { createFeedPosition, type FeedPosition } from './feed-position.js';

/** `connected` comes first, and again after each `lost`. */
export type FeedEvent =
  | { readonly type: 'connected'; readonly opened: Opened }
  | { readonly type: 'lost'; readonly reason: ChatError; readonly retryInMs: number }
  /** Messages may be missing: the server has another log, or has dropped the next ones. */
  | { readonly type: 'gap' }
  /** `replay`: older than the feed. */
  | { readonly type: 'message'; readonly message: Message; readonly replay: boolean };

/** The arguments of `readFeed`. */
export type FeedOptions = {
  readonly connection: Pick<Connection, 'subscribe' | 'history'>;
  /** The history to start with; undefined: the server's default. */
  readonly range: HistoryRange | undefined;
  /** Returns after the history; a lost connection is an error. */
  readonly once: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** Yields each message once and in order, across reconnects. Throws permanent errors and a failed first connection. */
export async function* readFeed(options: FeedOptions): AsyncGenerator<FeedEvent, void, void> {
  const { clock, once, random, signal } = options;
  const position = createFeedPosition();
  let attempt = 0;
  for (;;) {
    let since: number | undefined;
    let others = 0;
    try {
      for await (const event of readOnce(position, options)) {
        if (event.type === 'connected') {
          since = clock.monotonicMs();
          others = event.opened.server?.others ?? 0;
        }
        yield event;
      }
      return;
    } catch (thrown) {
      if (signal.aborted) return;
      const reason = ChatError.from(thrown);
      const canContinue = !once || (reason.code === 'internal' && position.isCutShort());
      if (!canContinue || !position.isKnown() || reason.retry.permanent) throw reason;
      attempt = nextAttempt(attempt, since === undefined ? undefined : clock.monotonicMs() - since);
      const retryInMs = reconnectDelay({ attempt, others, reason }, random());
      yield { type: 'lost', reason, retryInMs };
      await delayUntilAborted(retryInMs, clock, signal);
    }
  }
}

async function* readOnce(
  position: FeedPosition,
  options: FeedOptions,
): AsyncGenerator<FeedEvent, void, void> {
  const { once, signal } = options;
  const range = position.isKnown() ? undefined : options.range;
  let head: number | undefined;
  let isFirst = true;
  for await (const event of subscribe(position.cursor(), range, options)) {
    if (event.type === 'opened') {
      ({ head } = event);
      yield { type: 'connected', opened: event };
      if (position.open(event)) yield { type: 'gap' };
      continue;
    }
    const { messages, damage } = event;
    const newMessages = position.take(messages, damage);
    const shown = isFirst && range && !position.hasLog() ? selectRange(newMessages, range) : newMessages;
    for (const { message, replay } of shown) yield { type: 'message', message, replay };
    const isEmpty = messages.length === 0 && !damage;
    const isHistoryComplete = isEmpty || head === undefined || position.hasRead(head);
    if (once && isHistoryComplete) return;
    isFirst = false;
  }
  if (!signal.aborted) throw new ChatError('unreachable', 'the server ended the connection');
}

const noAnswer = { logId: undefined, head: undefined, headDigest: undefined };

async function* subscribe(
  cursor: Cursor | undefined,
  range: HistoryRange | undefined,
  { connection, clock, signal }: FeedOptions,
): AsyncGenerator<SubscriptionEvent, void, void> {
  const { logId, head = 0, headDigest } = range ? await fetchServerInfo(connection, signal) : noAnswer;
  if (!range || logId === undefined) {
    yield* connection.subscribe(cursor, signal);
    return;
  }
  const after = await findStart({ connection, head, range, clock, signal });
  const start = { logId, after, digest: after === head ? headDigest : undefined };
  for await (const event of connection.subscribe(start, signal)) {
    // Messages that arrived during the search for the start are not history.
    yield event.type === 'opened' ? { ...event, head, headDigest } : event;
  }
}
