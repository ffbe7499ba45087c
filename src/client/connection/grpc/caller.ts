import { status, type Metadata, type ServiceError } from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';
import type { simpleChat } from '../../../shared/services.js';
import { hostAndPort } from '../address.js';
import { proxyName } from '../transport/proxy-tunnel.js';
import { maxReceive, openChannel, type Channel, type ChannelTarget, type Pings } from './channel.js';
import type { LetOthersRun } from './fair-share.js';
import { FirstResponseTimeout, startFirstResponseTimer } from './first-response.js';
import { compressedDetails } from './refuse-compression.js';
import { readStream, type StreamPart } from './server-stream.js';
import { statusError, type CallKind } from './status-error.js';

/** A method of either service that answers once. */
type UnaryMethod = typeof simpleChat.sendMessage;

/** `transferMs`: added to the timeout once the call has a connection. */
type UnaryCall = Call<UnaryMethod> & { readonly transferMs: number };

/** A method of either service that answers with a stream. */
type StreamMethod = typeof simpleChat.messageList;

type Call<Method> = {
  readonly method: Method;
  readonly request: Uint8Array;
  readonly metadata: Metadata;
  /** Until the answer of a unary call or the first response of a stream. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

type Answer = { readonly bytes: Uint8Array; readonly trailers: Metadata };

/** Makes calls to one server, over a channel that is replaced when it has failed. */
export type Caller = {
  unary(call: UnaryCall, kind: Exclude<CallKind, 'stream'>): Promise<Answer>;
  stream(call: Call<StreamMethod>): AsyncGenerator<StreamPart, void, void>;
  readonly pings: Pings;
  /** Takes effect with the next call: the rate of a channel is fixed, so a new one is opened. */
  setPings(pings: Pings): void;
  close(): void;
};

/**
 * Connects with the first call. A stream fails with a timeout if its server does not speak HTTP/2 after
 * `readyTimeoutMs`.
 */
export function createCaller(
  target: ChannelTarget,
  readyTimeoutMs: number | undefined,
  letOthersRun: LetOthersRun,
): Caller {
  const name = hostAndPort(target.address);
  const through = target.proxy ? ` through ${proxyName(target.proxy)}` : '';
  const closing = new AbortController();
  let pings: Pings = 'seldom';
  let present: Channel | undefined;

  function channel(): Channel {
    if (closing.signal.aborted) throw cancelled();
    return (present ??= openChannel(target, pings));
  }

  /** Running calls continue; the next call gets a new channel without a backoff. */
  function abandon(used: Channel): void {
    if (present === used) present = undefined;
    used.abandon();
  }

  function failure(used: Channel, thrown: unknown, kind: CallKind, method: string): ChatError {
    const route = { proxy: target.proxy, method };
    if (thrown instanceof FirstResponseTimeout) {
      abandon(used);
      return new ChatError('timed-out', `no answer from ${name}${through} within ${thrown.afterMs / 1000} s`);
    }
    if (!isServiceError(thrown)) return ChatError.from(thrown);
    const untaken = untakenAnswer(thrown.details, kind);
    if (untaken) return untaken;
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

  async function* stream(call: Call<StreamMethod>): AsyncGenerator<StreamPart, void, void> {
    const { method, timeoutMs } = call;
    const used = channel();
    const signal = AbortSignal.any([call.signal, closing.signal]);
    if (signal.aborted) return;
    const answers = used.client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      call.request,
      call.metadata,
    );
    const firstResponse = startFirstResponseTimer({
      answerMs: timeoutMs,
      readyMs: readyTimeoutMs,
      isReady: () => used.isReady(),
    });
    try {
      yield* readStream(answers, signal, firstResponse, letOthersRun);
    } catch (thrown) {
      throw failure(used, thrown, 'stream', method.path);
    }
  }

  return {
    unary,
    stream,
    get pings() {
      return pings;
    },
    setPings(next) {
      pings = next;
      if (present) abandon(present);
    },
    close() {
      closing.abort();
      if (present) abandon(present);
    },
  };
}

/** Rejects with grpc-js's error, or with a `ChatError` if the signal aborted. */
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

/** The error of a call that the client cancelled because of the answer; undefined: it did not. */
function untakenAnswer(details: string, kind: CallKind): ChatError | undefined {
  // A server with grpc-js rejects our messages with the same words, but with another limit.
  const isTooLarge = details.startsWith('Received message larger') && details.endsWith(` vs ${maxReceive})`);
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
