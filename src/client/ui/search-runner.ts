import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import type { Session } from '../session/session.js';
import type { AppEvent } from './state/app-event.js';
import { maxHits } from './search/search.js';

/** Searches the server's log, one search at a time, and dispatches the hits. */
export type SearchRunner = {
  /** Stops the running search and starts another. */
  start(session: Pick<Session, 'search'> | undefined, text: string, room: number): void;
  /** Likewise, for the messages of all rooms that mention the user. */
  listMentions(session: Pick<Session, 'mentions'> | undefined): void;
  stop(): void;
};

/** Small enough to show the first hits early, large enough to redraw rarely. */
const batchSize = 20;

// One more, to know whether there are more.
const wantedHits = maxHits + 1;

/** Dispatches hits in batches. */
export function createSearchRunner(dispatch: (event: AppEvent) => void): SearchRunner {
  let running = new AbortController();

  async function dispatchHits(
    text: string,
    found: AsyncIterable<Message>,
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
    const reason = await takeHits(found, signal, (message) => {
      batch.push(message);
      if (batch.length >= batchSize) sendBatch();
    });
    sendBatch();
    send({ type: 'search-ended', text, reason });
  }

  /** The signal of another search. */
  function next(): AbortSignal {
    running.abort();
    running = new AbortController();
    return running.signal;
  }

  return {
    start(session, text, room) {
      const signal = next();
      const query = { text, rooms: [room], before: 0, limit: wantedHits };
      if (session) void dispatchHits(text, session.search(query, signal), signal);
    },
    listMentions(session) {
      const signal = next();
      if (session) void dispatchHits('', allMentions(session, signal), signal);
    },
    stop: () => running.abort(),
  };
}

/** An answer may have fewer messages than requested. */
async function* allMentions(
  session: Pick<Session, 'mentions'>,
  signal: AbortSignal,
): AsyncGenerator<Message, void, void> {
  for (let before = 0; ;) {
    const page = await session.mentions(before, wantedHits, signal);
    const last = page.at(-1);
    if (!last || (before > 0 && last.sequence >= before)) return;
    yield* page;
    before = last.sequence;
  }
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
