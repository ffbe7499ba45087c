import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { setImmediate } from 'node:timers/promises';
import { createFairSemaphore } from '../../shared/async/fair-semaphore.js';
import type { Clock } from '../../shared/clock.js';
import { decodeMessage } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { lobby, type Participant } from '../../shared/message.js';
import { decodeDeletion, decodeEdit, decodeReact } from '../../shared/message-changes.js';
import {
  decodeGetQuery,
  decodeHistoryQuery,
  decodeMentionsQuery,
  decodeSearchQuery,
} from '../../shared/message-queries.js';
import { encodePosted } from '../../shared/room-answers.js';
import { messages } from '../../shared/services.js';
import { checkFieldCount, checkPostFields } from '../limits/message-fields.js';
import type { RateLimit } from '../limits/rate-limit.js';
import { joinEntries } from '../streams/batches.js';
import type { Appended, MessageLog } from '../messages/message-log.js';
import { search } from '../messages/search.js';
import { readMentionsPage } from '../rooms/mentions.js';
import type { MessageChanges } from '../rooms/message-changes.js';
import { complete, readOnly, readPage, searchScope } from '../rooms/read-log.js';
import type { PostToRoom } from '../rooms/room-posts.js';
import type { Rooms } from '../rooms/rooms.js';
import type { Caller } from './caller.js';
import {
  requestStreamHandler,
  streamHandler,
  unaryHandler,
  untilDrained,
  writeUntilDrained,
  type OnFailure,
} from './grpc-handler.js';
import { postInOrder, type Posting } from './post-in-order.js';

type MessagesServiceOptions = {
  readonly log: MessageLog;
  readonly rooms: Rooms;
  readonly post: PostToRoom;
  readonly changes: MessageChanges;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

const searchLimits = {
  maxRunning: 2,
  maxWaiting: 16,
  whenFull: () => new ChatError('rate-limited', 'too many searches at once', { retryAfterMs: 1000 }),
};
/** Of one call: enough for one flush to store many. */
const maxPostsInFlight = 256;
/** After this time a search lets those of other users run. */
const searchTurnMs = 100;

/** Serves pages as streams of one message, since they may be large and their readers slow. */
export const messagesDefinition = {
  ...messages,
  history: { ...messages.history, responseStream: true },
  get: { ...messages.get, responseStream: true },
  mentions: { ...messages.mentions, responseStream: true },
} as const;

type ChangeAnswer = { readonly id: string; readonly appended: Promise<Appended> };

/** The service `Messages`: decode, call, encode. */
export function createMessagesService(options: MessagesServiceOptions): UntypedServiceImplementation {
  const { log, rooms, post, changes, rateLimit, clock, onFailure } = options;
  const semaphore = createFairSemaphore(searchLimits);

  /** Throws if the request is malformed. */
  const readPost = (request: Uint8Array, { account, name }: Caller): Posting => {
    checkPostFields(request);
    const { detail, ...draft } = decodeMessage(request);
    const { room = lobby, replyTo = 0, mentions = [] } = detail ?? {};
    const to = { room, replyTo, mentions };
    return { id: draft.id, store: (onAccepted) => post({ account, name }, draft, to, onAccepted) };
  };

  const change = (respond: (request: Uint8Array, actor: Participant) => ChangeAnswer) =>
    unaryHandler(async (request, { account, name }) => {
      const { id, appended } = respond(request, { account, name });
      return { response: encodePosted({ id, sequence: (await appended).sequence }) };
    }, onFailure);

  return {
    edit: change((request, actor) => {
      checkFieldCount(request);
      const edit = decodeEdit(request);
      return { id: edit.id, appended: changes.edit(actor, edit) };
    }),
    delete: change((request, actor) => {
      const deletion = decodeDeletion(request);
      return { id: deletion.id, appended: changes.delete(actor, deletion) };
    }),
    react: change((request, actor) => {
      const react = decodeReact(request);
      return { id: react.id, appended: changes.react(actor, react) };
    }),

    post: unaryHandler(async (request, caller) => {
      const { id, store } = readPost(request, caller);
      const { sequence } = await store();
      return { response: encodePosted({ id, sequence }) };
    }, onFailure),

    postAll: requestStreamHandler(async (requests, caller) => {
      const { name, signal, writer, finishMessages } = caller;
      await postInOrder(requests, {
        read: (request) => readPost(request, caller),
        countIn(request, isFirst) {
          // The call itself was counted.
          if (!isFirst) rateLimit.take(name);
          rateLimit.takeBytes(name, request.length);
        },
        answer: (answers) => untilDrained((onReady) => writer.writeTogether(answers, onReady), signal, clock),
        onAnswered: finishMessages,
        onRejected: (error) => onFailure(messages.postAll.path, error),
        maxInFlight: log.mayReorder ? 1 : maxPostsInFlight,
        signal,
      });
    }, onFailure),

    history: streamHandler(async (request, response, { account, signal }) => {
      const page = await readPage({ log, rooms, account }, decodeHistoryQuery(request));
      await writeUntilDrained(response, joinEntries(page), signal, clock);
    }, onFailure),

    get: streamHandler(async (request, response, { account, signal }) => {
      const found = await readOnly({ log, rooms, account }, decodeGetQuery(request));
      await writeUntilDrained(response, joinEntries(await complete({ log }, found)), signal, clock);
    }, onFailure),

    mentions: streamHandler(async (request, response, { account, name, signal }) => {
      const query = decodeMentionsQuery(request);
      const page = await readMentionsPage({ log, rooms, reader: { account, name } }, query);
      await writeUntilDrained(response, joinEntries(await complete({ log }, page)), signal, clock);
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
          await between(async () => {
            for (let left = found; left.length > 0;) {
              const completed = await complete({ log }, left);
              await writeUntilDrained(response, joinEntries(completed), signal, clock);
              left = left.slice(completed.length);
            }
          });
      } finally {
        endTurn();
      }
    }, onFailure),
  };
}
