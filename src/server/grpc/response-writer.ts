import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { Reservation } from '../limits/byte-budget.js';
import { isLarge, type OutgoingMessages, type Reader } from '../limits/outgoing-messages.js';

/** Writes the messages of a stream, one at a time, and waits while slow readers use the memory for large ones. */
export type ResponseWriter = {
  /**
   * True: `onReady` is called once the connection has accepted the message, and never if the stream breaks. False: nothing
   * was sent or kept, and `onReady` is called when it is time to retry.
   */
  readonly write: (message: Uint8Array, onReady: () => void) => boolean;
  /** Reserves memory to read the next message. False: there is none, and `retry` is called once there is. */
  readonly reserve: (bytes: number, retry: () => void) => boolean;
  /** Releases the reserved memory if no message will be written. The end of the stream does not release it. */
  readonly release: () => void;
};

type ResponseWriterOptions = {
  readonly call: ServerInterceptingCallInterface;
  readonly stream: ServerHttp2Stream;
  /** The account that pays for the memory. */
  readonly owner: string;
  readonly outgoing: OutgoingMessages;
  readonly clock: Clock;
};

/** gRPC puts a byte of flags and four bytes of length before each message. */
const prefixBytes = 5;
/** Large messages are written in parts, to see whether the reader makes progress. */
const partBytes = 256 * 1024;

// Subscribers at the same sequence get the same message object, and so share its frame.
const frames = new WeakMap<Uint8Array, Buffer>();

/** Writes to the HTTP/2 stream directly, since grpc-js would copy each message for each subscriber (ADR 21). */
export function responseWriter({
  call,
  stream,
  owner,
  outgoing,
  clock,
}: ResponseWriterOptions): ResponseWriter {
  const reader: Reader = {
    owner,
    lastProgressMs: 0,
    evict: () => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  };
  let knownOnReady: (() => void) | undefined;
  let onWritten: (error?: Error | null) => void = () => undefined;
  let stopWaiting = (): void => undefined;
  let reserved: Reservation | undefined;
  let countOut = (): void => undefined;
  let countsOutOnClose = false;

  const countOutOnClose = (): void => {
    if (countsOutOnClose) return;
    countsOutOnClose = true;
    stream.once('close', () => {
      stopWaiting();
      countOut();
    });
  };
  const wait = (bytes: number, retry: () => void): void => {
    stopWaiting = outgoing.wait(reader, bytes, (granted) => {
      reserved = granted;
      retry();
    });
  };

  const writeLarge = (message: Uint8Array, onReady: () => void): boolean => {
    countOutOnClose();
    const held = outgoing.hold(message, reader, reserved);
    reserved = undefined;
    if (!held) {
      wait(message.length, onReady);
      return false;
    }
    countOut = held;
    const frame = framed(message);
    reader.lastProgressMs = clock.monotonicMs();
    let offset = 0;
    const writeNext = (error?: Error | null): void => {
      if (error) return;
      reader.lastProgressMs = clock.monotonicMs();
      if (offset === frame.length) {
        held();
        onReady();
        return;
      }
      const end = Math.min(offset + partBytes, frame.length);
      const part = frame.subarray(offset, end);
      offset = end;
      stream.write(part, writeNext);
    };
    writeNext();
    return true;
  };

  const release = (): void => {
    reserved?.release();
    reserved = undefined;
  };

  const write = (message: Uint8Array, onReady: () => void): boolean => {
    if (stream.destroyed || stream.closed) {
      release();
      return true;
    }
    if (!stream.headersSent) call.sendMetadata(new Metadata());
    if (isLarge(message)) return writeLarge(message, onReady);
    release();
    // A subscriber passes the same function each time: wrap it once.
    if (onReady !== knownOnReady) {
      knownOnReady = onReady;
      onWritten = (error) => {
        if (!error) onReady();
      };
    }
    stream.write(framed(message), onWritten);
    return true;
  };

  return {
    write,
    release,
    reserve(bytes, retry) {
      if (reserved) return true;
      countOutOnClose();
      reserved = outgoing.reserve(reader, bytes);
      if (!reserved) wait(bytes, retry);
      return reserved !== undefined;
    },
  };
}

function framed(message: Uint8Array): Buffer {
  const known = frames.get(message);
  if (known) return known;
  const frame = Buffer.allocUnsafe(prefixBytes + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, prefixBytes);
  frames.set(message, frame);
  return frame;
}
