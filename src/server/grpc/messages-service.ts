import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { setImmediate } from 'node:timers/promises';
import { createFairSemaphore } from '../../shared/async/fair-semaphore.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { lobby } from '../../shared/message.js';
import { decodeHistoryQuery, decodeSearchQuery } from '../../shared/message-queries.js';
import { messages } from '../../shared/services.js';
import { joinEntries } from '../messages/batches.js';
import { streamHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';
import { lobbyMessages, type Entry, type MessageLog } from '../messages/message-log.js';
import { search } from '../messages/search.js';

type MessagesServiceOptions = {
  readonly log: MessageLog;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

// The largest message that gRPC clients accept by default.
const maxPageBytes = 4 * 1024 * 1024;
const searchLimits = {
  maxRunning: 2,
  maxWaiting: 16,
  whenFull: () => new ChatError('rate-limited', 'too many searches at once', { retryAfterMs: 1000 }),
};
/** After this time a search lets those of other users run. */
const searchTurnMs = 100;

/** Serves pages as streams of one message, since they may be large and their readers slow. */
export const messagesDefinition = {
  ...messages,
  history: { ...messages.history, responseStream: true },
  get: { ...messages.get, responseStream: true },
} as const;

/** The reading part of the service `Messages`: decode, call, encode. */
export function createMessagesService(options: MessagesServiceOptions): UntypedServiceImplementation {
  const { log, clock, onFailure } = options;
  const semaphore = createFairSemaphore(searchLimits);

  return {
    history: streamHandler(async (request, response, { signal }) => {
      const { room, before, after, limit } = decodeHistoryQuery(request);
      if (room !== lobby) throw new ChatError('no-such-room', 'no such room');
      const entries =
        after === undefined
          ? await log.readBefore(before, limit, maxPageBytes, lobbyMessages)
          : (await readAfter(log, after, limit)).reverse();
      const page = joinEntries(entries);
      await writeUntilDrained(response, page, signal, clock);
    }, onFailure),

    search: streamHandler(async (request, response, { name, signal }) => {
      const query = decodeSearchQuery(request);
      if (query.rooms.some((room) => room !== lobby)) throw new ChatError('no-such-room', 'no such room');
      let endTurn = await semaphore.acquire(name, signal);
      let turnStartMs = clock.monotonicMs();
      const between = async (task: () => Promise<void>): Promise<void> => {
        endTurn();
        await task();
        endTurn = await semaphore.acquire(name, signal);
        turnStartMs = clock.monotonicMs();
      };
      const takeTurns = async (): Promise<void> => {
        await setImmediate();
        if (clock.monotonicMs() - turnStartMs >= searchTurnMs) await between(() => Promise.resolve());
      };
      try {
        for await (const found of search(log, query, signal, takeTurns))
          await between(() => writeUntilDrained(response, joinEntries(found), signal, clock));
      } finally {
        endTurn();
      }
    }, onFailure),
  };
}

// A page of texts needs little of what a log can read at once.
const readBytes = 64 * 1024;

/** The messages of the lobby after a sequence, oldest first: at least one, and as many as a page may have. */
async function readAfter(log: MessageLog, after: number, limit: number): Promise<Entry[]> {
  const page: Entry[] = [];
  let bytes = 0;
  for (let position = after; page.length < limit;) {
    const entries = await log.read(position, readBytes, lobbyMessages);
    for (const entry of entries) {
      bytes += entry.bytes.length;
      if (page.length === limit || (page.length > 0 && bytes > maxPageBytes)) return page;
      page.push(entry);
      position = entry.sequence;
    }
    if (entries.length === 0) return page;
  }
  return page;
}
