import {
  Metadata,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { onAbort } from '../../shared/async/on-abort.js';
import { callerOf, type Caller } from './caller.js';
import { statusOf } from './grpc-status.js';

/** The answer to a call without a stream. */
export type Reply = {
  readonly response: Uint8Array;
  /** Trailing metadata. */
  readonly trailers?: Readonly<Record<string, string>>;
};

/** The response side of a stream. */
export type ResponseStream = {
  /** Goes out at once; at most one time, before the first message. */
  sendMetadata(entries: Readonly<Record<string, string>>): void;
  readonly writer: Caller['writer'];
};

/** Who takes nothing of an answer for so long has gone away, or does harm. */
const maxStallMs = 30_000;

/**
 * Writes a message, and resolves when it was taken. Rejects with the signal's reason when it aborts, or, where a clock is
 * given, with `timed-out` if it was not taken within 30 s.
 */
export async function writeUntilDrained(
  response: ResponseStream,
  message: Uint8Array,
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
      const written = response.writer.write(message, () => {
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

/** Called with every call that failed. */
export type OnFailure = (method: string, error: ChatError) => void;

/** A handler that answers once. Whatever `answer` throws, now or later, becomes the call's status. */
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

/**
 * A handler that streams until `stream` is done. Whatever it throws becomes the status; either way the
 * stream ends by trailers, since QtGrpc 6.8 does not notice any other end.
 */
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
  return (call) => {
    run(call).then(
      () => call.end(),
      (thrown: unknown) => {
        if (call.cancelled) return;
        onFailure(call.getPath(), ChatError.from(thrown));
        // The way in which grpc-js ends a stream by a status.
        call.emit('error', statusOf(thrown));
      },
    );
  };
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}
