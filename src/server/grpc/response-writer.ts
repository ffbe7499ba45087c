import { Metadata, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import type { Reservation } from '../limits/byte-budget.js';
import { isLarge, type OutgoingMessages, type Reader } from '../limits/outgoing-messages.js';

type ResponseWriterOptions = {
  readonly call: ServerInterceptingCallInterface;
  readonly stream: ServerHttp2Stream;
  readonly outgoing: OutgoingMessages;
  readonly clock: Clock;
};

/** gRPC puts a byte of flags and four bytes of length before each message. */
const prefixBytes = 5;
/** Large messages are written in parts, to see whether the reader makes progress. */
const partBytes = 256 * 1024;

// Subscribers at the same sequence get the same message object, and so share its frame.
const frames = new WeakMap<Uint8Array, Buffer>();

/**
 * Writes the messages of a stream, one at a time, and waits while slow readers use the memory for large ones. It writes to
 * the HTTP/2 stream directly, since grpc-js would copy each message for each subscriber (ADR 21). A class, since every
 * subscriber has one.
 */
export class ResponseWriter implements Reader {
  /** The account that pays for the memory. */
  readonly owner: string;
  lastProgressMs = 0;
  readonly #options: ResponseWriterOptions;
  #onReady: (() => void) | undefined;
  #onWritten: ((error?: Error | null) => void) | undefined;
  #reserved: Reservation | undefined;
  #stopWaiting: (() => void) | undefined;
  #countOut: (() => void) | undefined;
  #countsOutOnClose = false;

  constructor(owner: string, options: ResponseWriterOptions) {
    this.owner = owner;
    this.#options = options;
  }

  evict(): void {
    this.#options.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /**
   * True: `onReady` is called once the connection has accepted the message, and never if the stream breaks. False: nothing
   * was sent or kept, and `onReady` is called when it is time to retry.
   */
  write(message: Uint8Array, onReady: () => void): boolean {
    const { call, stream } = this.#options;
    if (stream.destroyed || stream.closed) {
      this.release();
      return true;
    }
    if (!stream.headersSent) call.sendMetadata(new Metadata());
    if (isLarge(message)) return this.#writeLarge(message, onReady);
    this.#writeFrame(framed(message), onReady);
    return true;
  }

  /** As `write`, for messages that are small even together. */
  writeTogether(messages: readonly Uint8Array[], onReady: () => void): boolean {
    const { call, stream } = this.#options;
    if (stream.destroyed || stream.closed) return true;
    if (!stream.headersSent) call.sendMetadata(new Metadata());
    this.#writeFrame(Buffer.concat(messages.map(framed)), onReady);
    return true;
  }

  #writeFrame(frame: Buffer, onReady: () => void): void {
    this.release();
    // A subscriber passes the same function each time: wrap it once.
    if (onReady !== this.#onReady) {
      this.#onReady = onReady;
      this.#onWritten = (error) => {
        if (!error) onReady();
      };
    }
    this.#options.stream.write(frame, this.#onWritten);
  }

  /** Reserves memory to read the next message. False: there is none, and `retry` is called once there is. */
  reserve(bytes: number, retry: () => void): boolean {
    if (this.#reserved) return true;
    this.#countOutOnClose();
    this.#reserved = this.#options.outgoing.reserve(this, bytes);
    if (!this.#reserved) this.#wait(bytes, retry);
    return this.#reserved !== undefined;
  }

  /** Releases the reserved memory if no message will be written. The end of the stream does not release it. */
  release(): void {
    this.#reserved?.release();
    this.#reserved = undefined;
  }

  #writeLarge(message: Uint8Array, onReady: () => void): boolean {
    const { stream, outgoing, clock } = this.#options;
    this.#countOutOnClose();
    const countOut = outgoing.hold(message, this, this.#reserved);
    this.#reserved = undefined;
    if (!countOut) {
      this.#wait(message.length, onReady);
      return false;
    }
    this.#countOut = countOut;
    const frame = framed(message);
    let offset = 0;
    const writeNext = (error?: Error | null): void => {
      if (error) return;
      this.lastProgressMs = clock.monotonicMs();
      if (offset === frame.length) {
        countOut();
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
  }

  #wait(bytes: number, retry: () => void): void {
    this.#stopWaiting = this.#options.outgoing.wait(this, bytes, (granted) => {
      this.#reserved = granted;
      retry();
    });
  }

  #countOutOnClose(): void {
    if (this.#countsOutOnClose) return;
    this.#countsOutOnClose = true;
    this.#options.stream.once('close', () => {
      this.#stopWaiting?.();
      this.#countOut?.();
    });
  }
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
