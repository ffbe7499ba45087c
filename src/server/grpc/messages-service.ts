import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { setImmediate } from 'node:timers/promises';
import { createFairSemaphore } from '../../shared/async/fair-semaphore.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessage } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { lobby } from '../../shared/message.js';
import { decodeGetQuery, decodeHistoryQuery, decodeSearchQuery } from '../../shared/message-queries.js';
import { encodePosted } from '../../shared/room-answers.js';
import { messages } from '../../shared/services.js';
import { checkPostFields } from '../limits/message-fields.js';
import { joinEntries } from '../streams/batches.js';
import type { MessageLog } from '../messages/message-log.js';
import { search } from '../messages/search.js';
import { readOnly, readPage, searchScope } from '../rooms/read-log.js';
import type { Post } from '../rooms/room-posts.js';
import type { Rooms } from '../rooms/rooms.js';
import { streamHandler, unaryHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';

type MessagesServiceOptions = {
  readonly log: MessageLog;
  readonly rooms: Rooms;
  readonly post: Post;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

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

/** The service `Messages`: decode, call, encode. */
export function createMessagesService(options: MessagesServiceOptions): UntypedServiceImplementation {
  const { log, rooms, post, clock, onFailure } = options;
  const semaphore = createFairSemaphore(searchLimits);

  return {
    post: unaryHandler(async (request, { account, name }) => {
      checkPostFields(request);
      const { detail, ...draft } = decodeMessage(request);
      const to = { room: detail?.room ?? lobby, replyTo: detail?.replyTo ?? 0 };
      const { sequence } = await post({ account, name }, draft, to);
      return { response: encodePosted({ id: draft.id, sequence }) };
    }, onFailure),

    history: streamHandler(async (request, response, { account, signal }) => {
      const page = await readPage({ log, rooms, account }, decodeHistoryQuery(request));
      await writeUntilDrained(response, joinEntries(page), signal, clock);
    }, onFailure),

    get: streamHandler(async (request, response, { account, signal }) => {
      const found = await readOnly({ log, rooms, account }, decodeGetQuery(request));
      await writeUntilDrained(response, joinEntries(found), signal, clock);
    }, onFailure),

    search: streamHandler(async (request, response, { account, name, signal }) => {
      const query = decodeSearchQuery(request);
      const scope = searchScope({ rooms, account }, query.rooms);
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
        for await (const found of search(log, query, scope, signal, takeTurns))
          await between(() => writeUntilDrained(response, joinEntries(found), signal, clock));
      } finally {
        endTurn();
      }
    }, onFailure),
  };
}
