import type { Metadata } from '@grpc/grpc-js';
import { decodeMessages, emptyMessage, encodeDraft } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { decodeUserNames, encodeHistoryQuery, encodeSearchQuery } from '../../shared/extension-codec.js';
import type { Message } from '../../shared/message.js';
import { chatExtensions, metadataKeys, simpleChat } from '../../shared/services.js';
import { hostAndPort, type Address } from '../address.js';
import type { Connection, Credentials, Cursor, SubscriptionEvent } from '../connection.js';
import { createCaller, type Caller } from './caller.js';
import { usualDeadLinkMs } from './channel.js';
import { loginMetadata } from './login-metadata.js';
import type { Trust } from './open-tls.js';
import { readOpened, wholeNumber } from './opened.js';
import type { Proxy } from './proxy.js';

/** What a connection is made with. */
export type ConnectOptions = {
  readonly address: Address;
  /** What the connection goes through; by default nothing. */
  readonly proxy?: Proxy | undefined;
  readonly credentials: Credentials;
  /** Whom to trust over TLS; by default the authorities that Node trusts. */
  readonly trust?: Trust;
  /** Until a stream must have answered, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Until a stream's server must speak HTTP/2, in milliseconds; unless given, as long as until its answer. */
  readonly readyTimeoutMs?: number;
  /** Until a message must be acknowledged, in milliseconds: a large image on a slow line takes a while. */
  readonly sendTimeoutMs?: number;
  /** Until a dead link to a server of ours is found, in milliseconds. */
  readonly deadLinkMs?: number;
};

/** Until a page or the first find must have come, in milliseconds: the server may have a long log to read. */
const readTimeoutMs = 60_000;

/** A connection over gRPC. It connects with its first call, and again by itself with any later one. */
export function connect(options: ConnectOptions): Connection {
  const {
    address,
    proxy,
    credentials,
    trust = {},
    connectTimeoutMs = 10_000,
    sendTimeoutMs = 60_000,
  } = options;
  const { deadLinkMs = usualDeadLinkMs, readyTimeoutMs } = options;
  const caller = createCaller({ address, proxy, trust, deadLinkMs }, readyTimeoutMs);
  const name = hostAndPort(address);
  let logId: string | undefined;

  /** `mayReopen`: once; a server that changes its mind with every answer gets no second chance. */
  async function* subscribe(
    cursor: Cursor | undefined,
    signal: AbortSignal,
    mayReopen: boolean,
  ): AsyncGenerator<SubscriptionEvent, void, void> {
    const parts = caller.stream({
      method: simpleChat.messageList,
      request: emptyMessage,
      metadata: withCursor(loginMetadata(credentials), cursor),
      timeoutMs: connectTimeoutMs,
      signal,
    });
    for await (const part of parts) {
      if (part.type === 'message') {
        yield { type: 'messages', messages: readAnswer(decodeMessages, part.bytes) };
        continue;
      }
      const opened = readOpened(part.metadata);
      ({ logId } = opened);
      if (mayReopen && adjustPings(caller, opened.logId)) {
        yield* subscribe(cursor, signal, false);
        return;
      }
      yield opened;
    }
    if (!signal.aborted) throw new ChatError('unreachable', `${name} ended the connection`);
  }

  return {
    subscribe: (cursor, signal) => subscribe(cursor, signal, true),
    async send(draft, signal) {
      const { trailers } = await caller.unary(
        {
          method: simpleChat.sendMessage,
          request: encodeDraft(draft),
          metadata: loginMetadata(credentials),
          timeoutMs: sendTimeoutMs,
          signal,
        },
        'send',
      );
      return { sequence: wholeNumber(trailers.get(metadataKeys.sequence)[0]?.toString()) };
    },
    async history(before, limit, signal) {
      const { bytes } = await caller.unary(
        {
          method: chatExtensions.history,
          request: encodeHistoryQuery({ before, limit }),
          metadata: loginMetadata(credentials),
          timeoutMs: readTimeoutMs,
          signal,
        },
        'read',
      );
      return readAnswer(decodeMessages, bytes);
    },
    async *search(text, before, limit, signal): AsyncGenerator<Message, void, void> {
      const parts = caller.stream({
        method: chatExtensions.search,
        request: encodeSearchQuery({ text, before, limit }),
        metadata: loginMetadata(credentials),
        timeoutMs: readTimeoutMs,
        signal,
      });
      for await (const part of parts) {
        if (part.type === 'message') yield* readAnswer(decodeMessages, part.bytes);
      }
    },
    async *usersOnline(signal): AsyncGenerator<readonly string[], void, void> {
      const parts = caller.stream({
        method: chatExtensions.usersOnline,
        request: emptyMessage,
        metadata: loginMetadata(credentials),
        timeoutMs: connectTimeoutMs,
        signal,
      });
      for await (const part of parts) {
        if (part.type === 'message') yield readAnswer(decodeUserNames, part.bytes);
      }
    },
    get logId() {
      return logId;
    },
    close: () => caller.close(),
  };
}

/**
 * Only a server of ours, known by its `log-id`, is pinged often. That is known with the first answer, so the
 * first subscription to such a server is opened a second time, on a channel that pings. True if it must be.
 */
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
  }
  return metadata;
}

function readAnswer<Value>(decode: (bytes: Uint8Array) => Value, bytes: Uint8Array): Value {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new ChatError('internal', 'the server sent something that is no chat message', { cause });
  }
}
