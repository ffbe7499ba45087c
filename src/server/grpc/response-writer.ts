import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { Reservation } from '../limits/byte-budget.js';
import { isLarge, type OutgoingMessages, type Reader } from '../limits/outgoing-messages.js';

/** Sends the messages of a stream, one at a time. Too many bytes on their way to slow readers make it wait. */
export type ResponseWriter = {
  /**
   * True: `taken` is called once the connection has the message, and not if the stream breaks. False: nothing was sent;
   * `taken` is called when it can be tried again, and nothing of the message is kept until then.
   */
  readonly write: (message: Uint8Array, taken: () => void) => boolean;
  /** Whether there is memory to read so many bytes for the next message. False: `retry` is called once there is. */
  readonly makeRoom: (bytes: number, retry: () => void) => boolean;
  /** Gives that memory back: nothing will be written. It outlives the stream, since the message may still be on its way. */
  readonly giveUpRoom: () => void;
};

/** What a writer works with. */
export type ResponseWriterOptions = {
  readonly call: ServerInterceptingCallInterface;
  readonly stream: ServerHttp2Stream;
  /** The account that reads. */
  readonly owner: string;
  readonly outgoing: OutgoingMessages;
  readonly clock: Clock;
};

/** What stands before each message: a byte that says it is not compressed, and its length in four (gRPC over HTTP/2). */
const prefixBytes = 5;
/** A large message is written in parts, so that a reader's progress shows. */
const partBytes = 256 * 1024;

// As long as the message itself is kept. All who read at the same place get the same object.
const frames = new WeakMap<Uint8Array, Buffer>();

/**
 * Writes a call's messages to its HTTP/2 stream, past grpc-js, which would copy and frame each of them for every
 * subscriber: a tenth of what a delivery costs, and as many copies of an image as there are subscribers (ADR 21).
 */
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
  let known: (() => void) | undefined;
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

  const writeLarge = (message: Uint8Array, taken: () => void): boolean => {
    countOutOnClose();
    const held = outgoing.hold(message, reader, reserved);
    reserved = undefined;
    if (!held) {
      wait(message.length, taken);
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
        taken();
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

  const giveUpRoom = (): void => {
    reserved?.release();
    reserved = undefined;
  };

  const write = (message: Uint8Array, taken: () => void): boolean => {
    // grpc-js tells the call's handler that its stream is closed.
    if (stream.destroyed || stream.closed) {
      giveUpRoom();
      return true;
    }
    if (!stream.headersSent) call.sendMetadata(new Metadata());
    if (isLarge(message)) return writeLarge(message, taken);
    giveUpRoom();
    // A subscriber passes the same function each time.
    if (taken !== known) {
      known = taken;
      onWritten = (error) => {
        if (!error) taken();
      };
    }
    stream.write(framed(message), onWritten);
    return true;
  };

  return {
    write,
    giveUpRoom,
    makeRoom(bytes, retry) {
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
