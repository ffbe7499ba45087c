import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { Session } from '../session/session.js';
import type { AppEvent } from './state/app-event.js';
import { mostHits } from './search/search.js';

/** Searches the server's log, one search at a time. */
export type SearchRunner = {
  /** Begins a search in place of the one that runs. What it finds is dispatched. */
  start(session: Pick<Session, 'search'> | undefined, text: string): void;
  stop(): void;
};

/** Hits told at once: the first ones show early, and many cost few drawings. */
const batchSize = 20;

/** Nothing runs yet. */
export function createSearchRunner(dispatch: (event: AppEvent) => void): SearchRunner {
  let running = new AbortController();

  async function search(session: Pick<Session, 'search'>, text: string, signal: AbortSignal): Promise<void> {
    let batch: Message[] = [];
    const tell = (event: AppEvent): void => {
      if (!signal.aborted) dispatch(event);
    };
    const tellBatch = (): void => {
      if (batch.length > 0) tell({ type: 'search-found', text, messages: batch });
      batch = [];
    };
    const reason = await follow(session.search(text, 0, mostHits, signal), signal, (message) => {
      batch.push(message);
      if (batch.length >= batchSize) tellBatch();
    });
    tellBatch();
    tell({ type: 'search-ended', text, reason });
  }

  return {
    start(session, text) {
      running.abort();
      running = new AbortController();
      const { signal } = running;
      if (session) void search(session, text, signal);
    },
    stop: () => running.abort(),
  };
}

/** Hands on what comes until enough or the end; resolves to what went wrong. */
async function follow(
  found: AsyncIterable<Message>,
  signal: AbortSignal,
  onMessage: (message: Message) => void,
): Promise<ChatError | undefined> {
  let count = 0;
  try {
    for await (const message of found) {
      if (signal.aborted) break;
      onMessage(message);
      // A server may send more than it was asked for.
      if (++count >= mostHits) break;
    }
    return undefined;
  } catch (thrown) {
    return ChatError.from(thrown);
  }
}
