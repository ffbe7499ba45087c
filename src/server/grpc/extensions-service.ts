import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { decodeHistoryQuery, decodeSearchQuery } from '../../shared/extension-codec.js';
import { joinEntries } from '../room/batches.js';
import { streamHandler, unaryHandler, type OnFailure } from './grpc-handler.js';
import type { MessageLog } from '../room/message-log.js';
import { createPresenceLists } from '../room/presence-lists.js';
import type { Presence } from '../room/presence.js';
import type { RateLimit } from '../room/rate-limit.js';
import { search } from '../room/search.js';
import { createSlots } from '../async/slots.js';
import { writeTaken } from './write-taken.js';

/** What the extension service works with. */
export type ExtensionsServiceOptions = {
  readonly log: MessageLog;
  readonly presence: Presence;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

/** A page of history fits into one message that every peer receives. */
const maxPageBytes = 4 * 1024 * 1024;
const searches = { atOnce: 2, waiting: 64 } as const;

/** The extension service, `ChatExtensions`: decode, call, encode. */
export function createExtensionsService(options: ExtensionsServiceOptions): UntypedServiceImplementation {
  const { log, presence, rateLimit, clock, onFailure } = options;
  const slots = createSlots(searches.atOnce, searches.waiting);
  const lists = createPresenceLists(presence, clock);

  return {
    history: unaryHandler(async (request, { name }) => {
      rateLimit.take(name);
      const { before, limit } = decodeHistoryQuery(request);
      return { response: joinEntries(await log.readBefore(before, limit, maxPageBytes)) };
    }, onFailure),

    search: streamHandler(async (request, response, { name, signal }) => {
      rateLimit.take(name);
      const query = decodeSearchQuery(request);
      if (query.text === '') throw new ChatError('usage', 'the text to search for is empty');
      const leave = await slots.take(signal);
      try {
        for await (const found of search(log, query, signal))
          await writeTaken(response, joinEntries(found), signal);
      } finally {
        leave();
      }
    }, onFailure),

    usersOnline: streamHandler(async (_request, response, { name, signal }) => {
      rateLimit.take(name);
      for await (const list of lists.follow(signal)) await writeTaken(response, list, signal);
    }, onFailure),
  };
}
