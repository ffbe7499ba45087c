import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { smallBytes, type ByteBudget, type Reservation } from './byte-budget.js';
import type { CallLimits } from './call-limits.js';
import { MessageFrames } from './message-frames.js';
import type { RateLimit } from './rate-limit.js';
import type { UncheckedRequests } from './unchecked-requests.js';

/** What one call holds, from its headers until it is answered. */
export type IncomingRequest = {
  /** The login takes its time, or there is none: until `admit` the request counts against its address. */
  holdUnchecked(): void;
  /**
   * The login is checked: from here on the account pays. A promise where what was announced by then must wait for
   * memory. Throws or rejects with `rate-limited`.
   */
  admit(account: string): Promise<void> | undefined;
  /** The call is over: gives everything back, and stops the client where it is still sending. */
  end(): void;
};

/** What is known of a request when its headers are there. */
export type RequestStart = {
  readonly stream: ServerHttp2Stream;
  /** Where it comes from: pays until an account does. */
  readonly address: string;
  /** The called method. */
  readonly path: string;
  readonly limits: CallLimits;
  /** Whether `admit` will follow. */
  readonly needsLogin: boolean;
  /** The call that the request belongs to: refused where the request breaks a limit; `end` follows. */
  readonly call: { refuse(error: ChatError): void };
};

/** Every request that is under way. */
export type IncomingRequests = {
  open(start: RequestStart): IncomingRequest;
  /** How many have not arrived completely. */
  incomplete(): number;
};

/** What requests are bounded by. */
export type IncomingRequestsOptions = {
  readonly unchecked: UncheckedRequests;
  readonly accounts: ByteBudget;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
};

/** At least so much of an incomplete request arrives in each interval: 32 kbit/s. */
const progress = { intervalMs: 10_000, bytes: 40 * 1024 } as const;
/** How long a request waits for memory before it is rejected with a time to retry after. */
const maxWaitMs = 10_000;
const sweepIntervalMs = 1000;
/** Until the login is checked, larger messages are not read beyond the connection's flow-control window. */
const maxUncheckedBytes = 16 * 1024;

/** Messages of a few lines need no reservation. */
const maxUnreservedBytes = 4 * 1024;

/** What a request costs besides its message: its stream, and up to 8 KiB of headers. */
const requestCostBytes = 24 * 1024;

/** What all requests share. */
type Shared = Pick<IncomingRequestsOptions, 'unchecked' | 'accounts' | 'rateLimit' | 'clock'> & {
  /** Those that had not arrived completely when they were last checked. */
  readonly incomplete: Set<Request>;
  /** How many calls of a method each account has open, by path and account. */
  readonly open: Map<string, number>;
};

/**
 * Bounds what a request costs before grpc-js reads it: compression, size and number of its messages, the memory it
 * holds, and the time it takes. It listens to the HTTP/2 stream ahead of grpc-js, which ignores what comes after a refusal.
 */
export function createIncomingRequests(options: IncomingRequestsOptions): IncomingRequests {
  const { clock } = options;
  const shared: Shared = { ...options, incomplete: new Set(), open: new Map() };
  const { incomplete } = shared;
  let sweeping = false;

  const sweep = (): void => {
    const nowMs = clock.monotonicMs();
    for (const request of incomplete) request.check(nowMs);
    sweeping = incomplete.size > 0;
    if (sweeping) clock.after(sweepIntervalMs, sweep);
  };

  return {
    incomplete: () => [...incomplete].filter((request) => !request.isComplete()).length,
    open(start) {
      const request = new Request(start, shared);
      if (!sweeping) {
        sweeping = true;
        clock.after(sweepIntervalMs, sweep);
      }
      return request;
    },
  };
}

/** A class, since every message passes here: its methods are not made anew for each call. */
class Request implements IncomingRequest {
  readonly #start: RequestStart;
  readonly #shared: Shared;
  readonly #frames: MessageFrames;
  #account: string | undefined;
  #announcedBytes = 0;
  #messages = 0;
  #hasEnded = false;
  #releaseUnchecked: (() => void) | undefined;
  #reservation: Reservation | undefined;
  #openKey: string | undefined;
  /** Set while the stream is not read: the login is being checked, or there is no memory for the message. */
  #waitingSinceMs: number | undefined;
  #stopWaiting: (() => void) | undefined;
  /** Undefined until the first check of an interval. */
  #intervalStartMs: number | undefined;
  #intervalBytes = 0;

  constructor(start: RequestStart, shared: Shared) {
    this.#start = start;
    this.#shared = shared;
    this.#frames = new MessageFrames((compressed, lengthBytes) => this.#announce(compressed, lengthBytes));
    shared.incomplete.add(this);
    start.stream.prependListener('data', (chunk: Buffer) => this.#read(chunk));
  }

  holdUnchecked(): void {
    const { address } = this.#start;
    const bytes = requestCostBytes + Math.min(this.#announcedBytes, smallBytes);
    this.#releaseUnchecked?.();
    this.#releaseUnchecked = this.#shared.unchecked.hold(address, bytes, () =>
      this.#refuse(new ChatError('rate-limited', 'too many calls at once', { retryAfterMs: 1000 })),
    );
  }

  admit(account: string): Promise<void> | undefined {
    this.#shared.rateLimit.take(account);
    this.#countIn(account);
    this.#account = account;
    this.#releaseUnchecked?.();
    this.#startInterval(undefined);
    if (this.#messages === 0) return undefined;
    return new Promise((resolve, reject) => {
      const start = (): void => {
        this.#resume();
        resolve();
      };
      try {
        if (this.#reserve(account, start)) start();
        else this.#waitingSinceMs = this.#shared.clock.monotonicMs();
      } catch (error) {
        reject(ChatError.from(error));
      }
    });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopWaiting?.();
    this.#reservation?.release();
    this.#releaseUnchecked?.();
    this.#countOut();
    this.#shared.incomplete.delete(this);
    if (!this.isComplete()) stopClient(this.#start.stream);
  }

  isComplete(): boolean {
    return this.#start.stream.readableEnded;
  }

  /** Refuses a request that makes no progress, or that has waited too long. */
  check(nowMs: number): void {
    if (this.isComplete()) {
      this.#shared.incomplete.delete(this);
      return;
    }
    if (this.#waitingSinceMs !== undefined) {
      if (this.#account === undefined || nowMs - this.#waitingSinceMs < maxWaitMs) return;
      this.#refuse(new ChatError('rate-limited', 'too many large requests at once', { retryAfterMs: 1000 }));
      return;
    }
    // Its end is read once the login is checked.
    const awaitsLogin = this.#start.needsLogin && this.#account === undefined;
    if (awaitsLogin && this.#messages > 0 && this.#frames.isBetweenMessages()) return;
    this.#intervalStartMs ??= nowMs;
    if (nowMs - this.#intervalStartMs < progress.intervalMs) return;
    if (this.#intervalBytes < progress.bytes)
      this.#refuse(new ChatError('timed-out', 'the request did not arrive in time'));
    else this.#startInterval(nowMs);
  }

  #read(chunk: Buffer): void {
    if (this.#hasEnded) return;
    this.#intervalBytes += chunk.length;
    try {
      this.#frames.read(chunk);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** The prefix of a message is there. */
  #announce(compressed: boolean, lengthBytes: number): void {
    const { maxMessages, maxMessageBytes } = this.#start.limits;
    if (compressed)
      throw new ChatError('unsupported', 'compressed messages are not taken: send them uncompressed');
    if (++this.#messages > maxMessages) throw new ChatError('usage', 'too many requests in one call');
    if (lengthBytes > maxMessageBytes) {
      const text = `the message has ${lengthBytes} bytes, the limit is ${maxMessageBytes}`;
      throw new ChatError('message-too-large', text);
    }
    this.#announcedBytes += lengthBytes;
    if (this.#account === undefined) {
      this.holdUnchecked();
      if (lengthBytes > maxUncheckedBytes) this.#pause();
    } else if (!this.#reserve(this.#account, () => this.#resume())) this.#pause();
  }

  /** Reserves what was announced; true: there is room. Otherwise `start` is called once there is. */
  #reserve(account: string, start: () => void): boolean {
    const { rateLimit, accounts } = this.#shared;
    rateLimit.takeBytes(account, this.#announcedBytes);
    // Small ones are bounded by the rate; reserving memory for each would cost more than it saves.
    if (this.#announcedBytes <= maxUnreservedBytes) return true;
    this.#reservation = accounts.reserve(account, this.#announcedBytes);
    if (this.#reservation) return true;
    this.#stopWaiting = accounts.wait(account, this.#announcedBytes, (reservation) => {
      this.#reservation = reservation;
      start();
    });
    return false;
  }

  #countIn(account: string): void {
    const { path, limits } = this.#start;
    if (limits.maxPerUser === Infinity) return;
    const key = `${path} ${account}`;
    const count = this.#shared.open.get(key) ?? 0;
    if (count >= limits.maxPerUser) {
      const text = `${count} calls of this kind are open already: end one first`;
      throw new ChatError('rate-limited', text, { retryAfterMs: 1000 });
    }
    this.#shared.open.set(key, count + 1);
    this.#openKey = key;
  }

  #countOut(): void {
    if (this.#openKey === undefined) return;
    const rest = (this.#shared.open.get(this.#openKey) ?? 1) - 1;
    if (rest > 0) this.#shared.open.set(this.#openKey, rest);
    else this.#shared.open.delete(this.#openKey);
  }

  #pause(): void {
    this.#waitingSinceMs = this.#shared.clock.monotonicMs();
    this.#start.stream.pause();
  }

  #resume(): void {
    this.#waitingSinceMs = undefined;
    this.#startInterval(undefined);
    this.#start.stream.resume();
  }

  #startInterval(nowMs: number | undefined): void {
    this.#intervalStartMs = nowMs;
    this.#intervalBytes = 0;
  }

  #refuse(error: unknown): void {
    if (!this.#hasEnded) this.#start.call.refuse(ChatError.from(error));
  }
}

/** Ends a stream whose client may still be sending: the rest of its request is not needed. */
export function stopClient(stream: ServerHttp2Stream): void {
  stream.resume();
  // The answer is written first; gRPC servers in C++ end such streams in the same way.
  if (!stream.closed && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
}
