import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { setImmediate } from 'node:timers/promises';
import { createFairSemaphore } from '../../shared/async/fair-semaphore.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { decodeHistoryQuery, decodeSearchQuery } from '../../shared/extension-codec.js';
import { chatExtensions } from '../../shared/services.js';
import { joinEntries } from '../streams/batches.js';
import { streamHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';
import { lobbyMessages, type Entry, type MessageLog } from '../messages/message-log.js';
import { createPresenceLists } from '../messages/presence-lists.js';
import type { Presence } from '../messages/presence.js';
import { search } from '../messages/search.js';
import type { StorageStatus } from '../messages/storage-status.js';

type ExtensionsServiceOptions = {
  readonly log: MessageLog;
  readonly presence: Presence;
  readonly storageStatus: StorageStatus;
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

/** Serves `history` as a stream of one message, since its answer may be large and its reader slow. */
export const extensionsDefinition = {
  ...chatExtensions,
  history: { ...chatExtensions.history, responseStream: true },
} as const;

/** The extension service, `ChatExtensions`: decode, call, encode. */
export function createExtensionsService(options: ExtensionsServiceOptions): UntypedServiceImplementation {
  const { log, presence, storageStatus, clock, onFailure } = options;
  const semaphore = createFairSemaphore(searchLimits);
  const lists = createPresenceLists(presence, storageStatus, clock);

  return {
    history: streamHandler(async (request, response, { signal }) => {
      const { before, after, limit } = decodeHistoryQuery(request);
      if (after !== undefined && before > 0)
        throw new ChatError('usage', 'a page is before or after, not both');
      const entries =
        after === undefined
          ? await log.readBefore(before, limit, maxPageBytes, lobbyMessages)
          : (await readAfter(log, after, limit)).reverse();
      const page = joinEntries(entries);
      await writeUntilDrained(response, page, signal, clock);
    }, onFailure),

    search: streamHandler(async (request, response, { name, signal }) => {
      const query = decodeSearchQuery(request);
      if (query.text === '') throw new ChatError('usage', 'the text to search for is empty');
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

    usersOnline: streamHandler(async (_request, response, { signal }) => {
      for await (const list of lists.follow(signal)) await writeUntilDrained(response, list, signal);
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
