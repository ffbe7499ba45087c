import { once } from 'node:events';
import {
  status,
  type ClientDuplexStream,
  type ClientReadableStream,
  type Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';
import type { messages, simpleChat } from '../../../shared/services.js';
import { hostAndPort } from '../address.js';
import { proxyName } from '../transport/proxy-tunnel.js';
import { maxReceiveBytes, openChannel, type Channel, type ChannelTarget, type Pings } from './channel.js';
import type { LetOthersRun } from './fair-share.js';
import { FirstResponseTimeout, startFirstResponseTimer } from './first-response.js';
import { compressedDetails } from './refuse-compression.js';
import { readStream, type StreamPart } from './server-stream.js';
import { statusError, type CallKind } from './status-error.js';

type UnaryMethod = typeof simpleChat.sendMessage;

/** `transferMs`: added to the timeout once the channel is connected. */
type UnaryCall = Call<UnaryMethod> & { readonly transferMs: number };

type StreamMethod = typeof simpleChat.messageList;

type ExchangeMethod = typeof messages.postAll;

type Call<Method> = {
  readonly method: Method;
  readonly request: Uint8Array;
  readonly metadata: Metadata;
  /** For the answer of a unary call or the first response of a stream. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

type ExchangeCall = Omit<Call<ExchangeMethod>, 'request'> & { readonly requests: AsyncIterable<Uint8Array> };

type Answer = { readonly bytes: Uint8Array; readonly trailers: Metadata };

/** Makes calls to one server over a channel that is replaced after a failure. */
export type Caller = {
  unary(call: UnaryCall, kind: Exclude<CallKind, 'stream'>): Promise<Answer>;
  stream(call: Call<StreamMethod>): AsyncGenerator<StreamPart, void, void>;
  /** Sends the requests as they come, and yields the answers. Without `request`. */
  exchange(call: ExchangeCall): AsyncGenerator<StreamPart, void, void>;
  readonly pings: Pings;
  /** The rate of a channel is fixed, so the next call opens a new channel. */
  setPings(pings: Pings): void;
  close(): void;
};

/** Connects with the first call. A stream times out if the server does not speak HTTP/2 within `readyTimeoutMs`. */
export function createCaller(
  target: ChannelTarget,
  readyTimeoutMs: number | undefined,
  letOthersRun: LetOthersRun,
): Caller {
  const name = hostAndPort(target.address);
  const through = target.proxy ? ` through ${proxyName(target.proxy)}` : '';
  const closing = new AbortController();
  let pings: Pings = 'seldom';
  let current: Channel | undefined;

  function channel(): Channel {
    if (closing.signal.aborted) throw cancelled();
    return (current ??= openChannel(target, pings));
  }

  /** Calls in flight continue; the next call opens a new channel, without a backoff. */
  function abandon(used: Channel): void {
    if (current === used) current = undefined;
    used.abandon();
  }

  function failure(used: Channel, thrown: unknown, kind: CallKind, method: string): ChatError {
    const route = { proxy: target.proxy, method };
    if (thrown instanceof FirstResponseTimeout) {
      abandon(used);
      return new ChatError('timed-out', `no answer from ${name}${through} within ${thrown.afterMs / 1000} s`);
    }
    if (!isServiceError(thrown)) return ChatError.from(thrown);
    const rejected = rejectedAnswerError(thrown.details, kind);
    if (rejected) return rejected;
    if (used.isReady()) return statusError(thrown, kind, name, route);
    abandon(used);
    return used.openingFailure() ?? statusError(thrown, kind, name, route);
  }

  async function unary(call: UnaryCall, kind: Exclude<CallKind, 'stream'>): Promise<Answer> {
    const used = channel();
    const signal = AbortSignal.any([call.signal, closing.signal]);
    try {
      return await request(used, { ...call, signal }, kind);
    } catch (thrown) {
      throw signal.aborted && isServiceError(thrown)
        ? cancelled()
        : failure(used, thrown, kind, call.method.path);
    }
  }

  /** `open` starts the call on a channel. */
  async function* read(
    { method, timeoutMs, signal: given }: Omit<ExchangeCall, 'requests'> | Call<StreamMethod>,
    kind: CallKind,
    open: (client: Channel['client']) => ClientReadableStream<Uint8Array>,
  ): AsyncGenerator<StreamPart, void, void> {
    const used = channel();
    const signal = AbortSignal.any([given, closing.signal]);
    if (signal.aborted) return;
    const answers = open(used.client);
    const firstResponse = startFirstResponseTimer({
      answerMs: timeoutMs,
      readyMs: readyTimeoutMs,
      isReady: () => used.isReady(),
    });
    try {
      yield* readStream(answers, signal, firstResponse, letOthersRun);
    } catch (thrown) {
      throw failure(used, thrown, kind, method.path);
    }
  }

  const stream = (call: Call<StreamMethod>) =>
    read(call, 'stream', (client) => {
      const { path, requestSerialize, responseDeserialize } = call.method;
      return client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        call.request,
        call.metadata,
      );
    });

  const exchange = (call: ExchangeCall) =>
    read(call, 'send', (client) => {
      const { path, requestSerialize, responseDeserialize } = call.method;
      const answers = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        call.metadata,
      );
      // Ends with the call. What fails here fails the call too.
      sendAll(call.requests, answers).catch(() => undefined);
      return answers;
    });

  return {
    unary,
    stream,
    exchange,
    get pings() {
      return pings;
    },
    setPings(next) {
      pings = next;
      if (current) abandon(current);
    },
    close() {
      closing.abort();
      if (current) abandon(current);
    },
  };
}

async function sendAll(
  requests: AsyncIterable<Uint8Array>,
  call: ClientDuplexStream<Uint8Array, Uint8Array>,
): Promise<void> {
  for await (const request of requests) if (!call.write(request)) await once(call, 'drain');
  call.end();
}

/** Rejects with the error of grpc-js, or after an abort with a `ChatError`. */
function request(used: Channel, call: UnaryCall, kind: CallKind): Promise<Answer> {
  const { method, signal, timeoutMs, transferMs } = call;
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw cancelled();
    let bytes: Uint8Array | undefined;
    const running = used.client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      call.request,
      call.metadata,
      { deadline: Date.now() + timeoutMs + transferMs },
      (error, response) => {
        bytes = response;
        if (error) settle(() => reject(error));
      },
    );
    // The trailers come after the answer.
    running.on('status', ({ code, metadata: trailers }) => {
      if (code === status.OK && bytes) resolveWith({ bytes, trailers });
    });
    const cancel = (): void => {
      running.cancel();
      reject(kind === 'send' && used.hasBeenReady() ? cancelledSend() : cancelled());
    };
    signal.addEventListener('abort', cancel, { once: true });
    const connecting = setTimeout(() => {
      if (!used.isConnecting()) return;
      settle(() => reject(new FirstResponseTimeout(timeoutMs)));
      cancel();
    }, timeoutMs);

    function settle(how: () => void): void {
      clearTimeout(connecting);
      signal.removeEventListener('abort', cancel);
      how();
    }
    function resolveWith(answer: Answer): void {
      settle(() => resolve(answer));
    }
  });
}

function rejectedAnswerError(details: string, kind: CallKind): ChatError | undefined {
  // A server with grpc-js rejects our messages with the same text but another limit.
  const isTooLarge =
    details.startsWith('Received message larger') && details.endsWith(` vs ${maxReceiveBytes})`);
  if (!isTooLarge && details !== compressedDetails) return undefined;
  const text = isTooLarge ? 'the server sent a message that is too large' : details;
  return kind === 'send'
    ? new ChatError('may-not-have-arrived', `${text}: the message may not have arrived`)
    : new ChatError('internal', text);
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && 'details' in thrown && 'metadata' in thrown;
}

function cancelledSend(): ChatError {
  return new ChatError('may-not-have-arrived', 'cancelled: the message may not have arrived');
}

function cancelled(): ChatError {
  return new ChatError('cancelled', 'cancelled');
}
