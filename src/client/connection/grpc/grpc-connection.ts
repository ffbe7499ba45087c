import { Metadata } from '@grpc/grpc-js';
import { emptyMessage, encodeDraft } from '../../../shared/codec.js';
import { ChatError, type ErrorCode } from '../../../shared/errors.js';
import { lobby } from '../../../shared/message.js';
import {
  healthCheck,
  messages,
  metadataKeys,
  presence,
  simpleChat,
  simpleChatName,
} from '../../../shared/services.js';
import { decodePosted } from '../../../shared/room-answers.js';
import { hostAndPort, type Address } from '../address.js';
import type {
  Connection,
  Credentials,
  Cursor,
  Online,
  PostAnswer,
  SubscriptionEvent,
  SubscriptionScope,
} from '../port.js';
import { transferTimeMs } from '../transfer-time.js';
import type { Proxy } from '../transport/proxy.js';
import type { Trust } from '../transport/tls.js';
import {
  createAnswerReader,
  isLobbyMessage,
  isShownEntry,
  isShownOrChange,
  type IsWanted,
} from './answer-reader.js';
import { createCaller, type Caller } from './caller.js';
import { defaultDeadLinkMs } from './channel.js';
import { fairShare } from './fair-share.js';
import { loginMetadata, readOpened, sequence } from './metadata.js';
import { createRoomCalls, encodePost } from './room-calls.js';
import { checkSequences, type SequenceCheck } from './sequences.js';
import { statusError } from './status-error.js';

/** The arguments of `connect`. */
export type ConnectOptions = {
  readonly address: Address;
  readonly proxy?: Proxy | undefined;
  readonly credentials: Credentials;
  readonly trust?: Trust;
  /** For the first response of a stream. */
  readonly connectTimeoutMs?: number;
  /** For the HTTP/2 connection of a stream; by default `connectTimeoutMs`. */
  readonly readyTimeoutMs?: number;
  /** For the acknowledgement of a small message; a large one gets more in proportion. */
  readonly sendTimeoutMs?: number;
  /** Within this time a dead link to one of our own servers is detected. */
  readonly deadLinkMs?: number;
  /** Called for the first unreadable value; unreadable values are skipped. */
  readonly onUnreadable?: (reason: ChatError) => void;
};

/** Connects with the first call, and reconnects with any later one. */
export function connect(options: ConnectOptions): Connection {
  const {
    address,
    proxy,
    credentials,
    trust = {},
    connectTimeoutMs = 10_000,
    sendTimeoutMs = 60_000,
  } = options;
  const { deadLinkMs = defaultDeadLinkMs, readyTimeoutMs, onUnreadable } = options;
  const letOthersRun = fairShare();
  const caller = createCaller({ address, proxy, trust, deadLinkMs }, readyTimeoutMs, letOthersRun);
  const name = hostAndPort(address);
  const answers = createAnswerReader({ letOthersRun, name, onUnreadable });
  const roomCalls = createRoomCalls({ caller, answers, credentials }, sendTimeoutMs);
  let logId: string | undefined;

  /** `mayReopen`: only once, in case a server alternates between answers with and without a `log-id`. */
  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
    scope: SubscriptionScope,
    mayReopen: boolean,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const parts = caller.stream({
      method: simpleChat.messageList,
      request: emptyMessage,
      metadata: withScope(withCursor(loginMetadata(credentials), cursor), scope),
      timeoutMs: connectTimeoutMs,
      signal,
    });
    let sequences = checkSequences(undefined, undefined);
    let isWanted = isLobbyMessage;
    let isFirst = true;
    for await (const part of parts) {
      if (part.type === 'message') {
        // Only the first batch may be empty. A server that sends empty ones must not keep the client busy.
        if (part.bytes.length > 0 || isFirst) yield* batch(part.bytes, isFirst, { sequences, isWanted });
        isFirst = false;
        continue;
      }
      const opened = readOpened(part.metadata);
      ({ logId } = opened);
      sequences = checkSequences(opened.resumed ? cursor?.after : undefined, opened.head);
      if (mayReopen && adjustPings(caller, opened.logId)) {
        yield* subscribe(cursor, signal, scope, false);
        return;
      }
      if (!opened.hasRooms) yield opened;
      else {
        isWanted = scope.changes ? isShownOrChange : isShownEntry;
        // The stream began before this list, so that no change of a room is missed.
        yield { ...opened, roomList: await roomCalls.list(signal) };
      }
    }
    if (!signal.aborted) throw new ChatError('unreachable', `${name} ended the connection`);
  }

  async function* batch(
    bytes: Uint8Array,
    isFirst: boolean,
    { sequences, isWanted }: { readonly sequences: SequenceCheck; readonly isWanted: IsWanted },
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const { values, unreadable, isCutShort, upTo } = await (isFirst && logId === undefined
      ? answers.wholeHistory(bytes)
      : answers.messages(bytes, isWanted));
    const messages = sequences.believable(values);
    const skipped = unreadable + values.length - messages.length;
    // Without a log nothing can be requested again.
    const isResumable = isCutShort && logId !== undefined && sequences.last !== undefined;
    yield {
      type: 'messages',
      messages,
      ...(sequences.isBelievable(upTo) && { upTo }),
      ...(skipped > 0 && { damage: { unreadable: skipped, isCutShort: isResumable } }),
    };
    if (isResumable) throw new ChatError('internal', `${name} sent messages that cannot be read`);
  }

  return {
    subscribe: (cursor, signal, scope = {}) => subscribe(cursor, signal, scope, true),
    async send(draft, signal) {
      const request = encodeDraft(draft);
      const { trailers } = await caller.unary(
        {
          method: simpleChat.sendMessage,
          request,
          metadata: loginMetadata(credentials),
          timeoutMs: sendTimeoutMs,
          transferMs: transferTimeMs(request.length),
          signal,
        },
        'send',
      );
      return { sequence: sequence(trailers.get(metadataKeys.sequence)[0]?.toString()) };
    },
    async *postAll(posts, signal): AsyncGenerator<PostAnswer, void, void> {
      const encoded = async function* (): AsyncGenerator<Uint8Array, void, void> {
        for await (const post of posts) yield encodePost(post);
      };
      const parts = caller.exchange({
        method: messages.postAll,
        requests: encoded(),
        metadata: loginMetadata(credentials),
        timeoutMs: sendTimeoutMs,
        signal,
      });
      for await (const part of parts) if (part.type === 'message') yield postAnswer(part.bytes, name);
    },
    history: (before, limit, signal) => roomCalls.history(lobby, before, limit, signal),
    historyAfter: (after, limit, signal) => roomCalls.historyAfter(lobby, after, limit, signal),
    search: (text, before, limit, signal) =>
      roomCalls.search({ text, rooms: [lobby], before, limit }, signal),
    mentions: (before, limit, signal) => roomCalls.mentions(before, limit, signal),
    rooms: roomCalls,
    async *usersOnline(signal) {
      const parts = caller.stream({
        method: presence.watch,
        request: emptyMessage,
        metadata: loginMetadata(credentials),
        timeoutMs: connectTimeoutMs,
        signal,
      });
      let online: Online = { names: [] };
      for await (const part of parts) {
        if (part.type !== 'message') continue;
        online = await answers.online(part.bytes, online.names);
        yield online;
      }
    },
    get logId() {
      return logId;
    },
    close: () => caller.close(),
  };
}

function postAnswer(bytes: Uint8Array, name: string): PostAnswer {
  const { sequence, code, text, retryAfterMs } = decodePosted(bytes);
  if (code === 0) return { sequence };
  const metadata = new Metadata();
  if (retryAfterMs !== undefined) metadata.set(metadataKeys.retryAfterMs, String(retryAfterMs));
  return { sequence: undefined, rejection: statusError({ code, details: text, metadata }, 'send', name) };
}

/** Only our own servers (with a `log-id`) accept frequent pings. Returns true if the subscription must be reopened. */
function adjustPings(caller: Caller, logId: string | undefined): boolean {
  const wanted = logId === undefined ? 'seldom' : 'often';
  if (caller.pings === wanted) return false;
  caller.setPings(wanted);
  return true;
}

function withCursor(metadata: Metadata, cursor: Cursor | undefined): Metadata {
  if (cursor) {
    metadata.set(metadataKeys.logId, cursor.logId);
    metadata.set(metadataKeys.resumeAfter, String(cursor.after));
    if (cursor.digest !== undefined) metadata.set(metadataKeys.resumeDigest, cursor.digest);
  }
  return metadata;
}

function withScope(metadata: Metadata, { rooms, resumeAll, isPresent = true }: SubscriptionScope): Metadata {
  if (rooms) metadata.set(metadataKeys.rooms, '1');
  if (resumeAll) metadata.set(metadataKeys.resumeAll, '1');
  if (!isPresent) metadata.set(metadataKeys.present, '0');
  return metadata;
}

/** `unknown`: a gRPC server that does not report the health of the chat service. */
export type Health = 'serving' | 'not-serving' | 'unknown';

/** Errors of a server that is there, but has no health service or rejects the question. */
const answersAllTheSame: readonly ErrorCode[] = ['unsupported', 'not-found', 'login-refused', 'rate-limited'];

/** Asks a server for the health of its chat service, without a login. Rejects if no server answers. */
export async function fetchHealth(
  { address, proxy, trust = {}, connectTimeoutMs = 10_000 }: Omit<ConnectOptions, 'credentials'>,
  signal: AbortSignal,
): Promise<Health> {
  const caller = createCaller(
    { address, proxy, trust, deadLinkMs: defaultDeadLinkMs },
    undefined,
    fairShare(),
  );
  const call = {
    method: healthCheck,
    // HealthCheckRequest { string service = 1; }
    request: Buffer.from(`\n${String.fromCharCode(simpleChatName.length)}${simpleChatName}`),
    metadata: new Metadata(),
    timeoutMs: connectTimeoutMs,
    transferMs: 0,
    signal,
  };
  try {
    const { bytes } = await caller.unary(call, 'read');
    // HealthCheckResponse { ServingStatus status = 1; }, where SERVING is 1 and NOT_SERVING is 2.
    if (bytes[0] !== 8) return 'unknown';
    return bytes[1] === 1 ? 'serving' : bytes[1] === 2 ? 'not-serving' : 'unknown';
  } catch (thrown) {
    if (answersAllTheSame.includes(ChatError.from(thrown).code)) return 'unknown';
    throw thrown;
  } finally {
    caller.close();
  }
}
