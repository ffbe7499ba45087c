import {
  Metadata,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerDuplexStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { onAbort } from '../../shared/async/on-abort.js';
import { callerOf, type Caller } from './caller.js';
import { statusOf } from './grpc-status.js';

type Reply = {
  readonly response: Uint8Array;
  readonly trailers?: Readonly<Record<string, string>>;
};

type ResponseStream = {
  /** Sends at once. Allowed once, before the first message. */
  sendMetadata(entries: Readonly<Record<string, string>>): void;
  readonly writer: Caller['writer'];
};

const maxStallMs = 30_000;

/** Resolves once the connection has accepted the message, as `untilDrained`. */
export function writeUntilDrained(
  { writer }: ResponseStream,
  message: Uint8Array,
  signal: AbortSignal,
  clock?: Clock,
): Promise<void> {
  return untilDrained((onReady) => writer.write(message, onReady), signal, clock);
}

/** Calls a write of `ResponseWriter` until it succeeds. With a clock, rejects with `timed-out` after `maxStallMs`. */
export async function untilDrained(
  tryWrite: (onReady: () => void) => boolean,
  signal: AbortSignal,
  clock?: Clock,
): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      forget();
      stopTimer();
    };
    const write = (): void => {
      const written = tryWrite(() => {
        if (!written) {
          write();
          return;
        }
        stop();
        resolve();
      });
    };
    const forget = onAbort(signal, () => {
      stop();
      reject(signal.reason);
    });
    const stopTimer =
      clock?.after(maxStallMs, () => {
        stop();
        reject(new ChatError('timed-out', 'the answer was not read in time'));
      }) ?? (() => undefined);
    write();
  });
}

/** Called for each call that failed. */
export type OnFailure = (method: string, error: ChatError) => void;

/** A handler that answers once. What `answer` throws becomes the status of the call. */
export function unaryHandler(
  answer: (request: Uint8Array, caller: Caller) => Promise<Reply>,
  onFailure: OnFailure,
): handleUnaryCall<Uint8Array, Uint8Array> {
  const run = async (request: Uint8Array, metadata: Metadata): Promise<Reply> =>
    answer(request, callerOf(metadata));
  return (call, callback) => {
    run(call.request, call.metadata).then(
      ({ response, trailers = {} }) => callback(null, response, metadataOf(trailers)),
      (thrown: unknown) => {
        onFailure(call.getPath(), ChatError.from(thrown));
        callback(statusOf(thrown));
      },
    );
  };
}

/** A handler that streams. It always ends with trailers, since QtGrpc 6.8 notices no other end. */
export function streamHandler(
  stream: (request: Uint8Array, response: ResponseStream, caller: Caller) => Promise<void>,
  onFailure: OnFailure,
): handleServerStreamingCall<Uint8Array, Uint8Array> {
  const run = async (call: ServerWritableStream<Uint8Array, Uint8Array>): Promise<void> => {
    const caller = callerOf(call.metadata);
    const response: ResponseStream = {
      sendMetadata: (entries) => call.sendMetadata(metadataOf(entries)),
      writer: caller.writer,
    };
    await stream(call.request, response, caller);
  };
  return (call) => endWith(run(call), call, onFailure);
}

/** A handler that answers a stream of requests with a stream. What `answer` throws becomes the status of the call. */
export function requestStreamHandler(
  answer: (requests: AsyncIterable<Uint8Array>, caller: Caller) => Promise<void>,
  onFailure: OnFailure,
): handleBidiStreamingCall<Uint8Array, Uint8Array> {
  const run = async (call: ServerDuplexStream<Uint8Array, Uint8Array>): Promise<void> => {
    // An iterator that ends early must not destroy the call, which has yet to be answered.
    const requests = call.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    await answer(requests, callerOf(call.metadata));
  };
  return (call) => endWith(run(call), call, onFailure);
}

type StreamedCall = ServerWritableStream<Uint8Array, Uint8Array> | ServerDuplexStream<Uint8Array, Uint8Array>;

function endWith(handled: Promise<void>, call: StreamedCall, onFailure: OnFailure): void {
  handled.then(
    () => call.end(),
    (thrown: unknown) => {
      if (call.cancelled) return;
      onFailure(call.getPath(), ChatError.from(thrown));
      call.emit('error', statusOf(thrown));
    },
  );
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}
