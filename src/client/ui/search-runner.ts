import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { Session } from '../session/session.js';
import type { AppEvent } from './state/app-event.js';
import { maxHits } from './search/search.js';

/** Searches the server's log, one search at a time, and dispatches the hits. */
export type SearchRunner = {
  /** Stops the running search and starts another. */
  start(session: Pick<Session, 'search'> | undefined, text: string, room: number): void;
  stop(): void;
};

/** Small enough to show the first hits early, large enough to redraw rarely. */
const batchSize = 20;

// One more, to know whether there are more.
const wantedHits = maxHits + 1;

/** Dispatches hits in batches. */
export function createSearchRunner(dispatch: (event: AppEvent) => void): SearchRunner {
  let running = new AbortController();

  async function search(
    session: Pick<Session, 'search'>,
    { text, room }: { readonly text: string; readonly room: number },
    signal: AbortSignal,
  ): Promise<void> {
    let batch: Message[] = [];
    const send = (event: AppEvent): void => {
      if (!signal.aborted) dispatch(event);
    };
    const sendBatch = (): void => {
      if (batch.length > 0) send({ type: 'search-found', text, messages: batch });
      batch = [];
    };
    const query = { text, rooms: [room], before: 0, limit: wantedHits };
    const reason = await takeHits(session.search(query, signal), signal, (message) => {
      batch.push(message);
      if (batch.length >= batchSize) sendBatch();
    });
    sendBatch();
    send({ type: 'search-ended', text, reason });
  }

  return {
    start(session, text, room) {
      running.abort();
      running = new AbortController();
      const { signal } = running;
      if (session) void search(session, { text, room }, signal);
    },
    stop: () => running.abort(),
  };
}

/** Passes messages on in batches; resolves to the error that ended the search, if any. */
async function takeHits(
  found: AsyncIterable<Message>,
  signal: AbortSignal,
  onMessage: (message: Message) => void,
): Promise<ChatError | undefined> {
  let count = 0;
  try {
    for await (const message of found) {
      if (signal.aborted) break;
      onMessage(message);
      // A server may send more than requested.
      if (++count >= wantedHits) break;
    }
    return undefined;
  } catch (thrown) {
    return ChatError.from(thrown);
  }
}
