import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { Release } from '../limits/byte-budget.js';
import { isLarge, type OutgoingMessages, type Reader, type SpaceGrant } from '../limits/outgoing-messages.js';

/**
 * Sends one message of a stream. True: `onDrained` is called once the connection has it, and not if the stream breaks.
 * False: nothing was sent, since too many bytes are on their way to slow readers; `onDrained` is called when it can be
 * tried again. Nothing of the message is kept until then.
 */
export type WriteMessage = (message: Uint8Array, onDrained: () => void) => boolean;

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
}: ResponseWriterOptions): WriteMessage {
  const reader: Reader = {
    owner,
    lastProgressMs: 0,
    evict: () => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  };
  let known: (() => void) | undefined;
  let onWritten: (error?: Error | null) => void = () => undefined;
  let stopWaiting = (): void => undefined;
  let granted: SpaceGrant | undefined;
  let release: Release = () => undefined;
  let releasesOnClose = false;

  const releaseOnClose = (): void => {
    if (releasesOnClose) return;
    releasesOnClose = true;
    stream.once('close', () => {
      stopWaiting();
      granted?.release();
      release();
    });
  };

  const writeLarge = (message: Uint8Array, onDrained: () => void): boolean => {
    releaseOnClose();
    const frame = framed(message);
    const held = outgoing.hold(frame, reader, granted);
    granted = undefined;
    if (!held) {
      stopWaiting = outgoing.waitForSpace(reader, frame.length, (grant) => {
        granted = grant;
        onDrained();
      });
      return false;
    }
    release = held;
    reader.lastProgressMs = clock.monotonicMs();
    let offset = 0;
    const writeNext = (error?: Error | null): void => {
      if (error) return;
      reader.lastProgressMs = clock.monotonicMs();
      if (offset === frame.length) {
        held();
        onDrained();
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

  return (message, onDrained) => {
    // grpc-js tells the call's handler that its stream is closed.
    if (stream.destroyed || stream.closed) return true;
    if (!stream.headersSent) call.sendMetadata(new Metadata());
    if (isLarge(message)) return writeLarge(message, onDrained);
    // A subscriber passes the same function each time.
    if (onDrained !== known) {
      known = onDrained;
      onWritten = (error) => {
        if (!error) onDrained();
      };
    }
    stream.write(framed(message), onWritten);
    return true;
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
