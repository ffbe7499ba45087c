import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { smallBytes, type ByteBudget } from './byte-budget.js';
import type { CallLimits } from './call-limits.js';
import { MessageFrames } from './message-frames.js';
import { MessageMemory } from './message-memory.js';
import type { RateLimit } from './rate-limit.js';
import type { UncheckedRequests } from './unchecked-requests.js';

/** What one call uses, from its headers until its answer. */
export type IncomingRequest = {
  /** Counts the request against its address until `admit`. */
  holdUnchecked(): void;
  /** Counts it against the account. Returns a promise if it must wait for memory. Throws or rejects with `rate-limited`. */
  admit(account: string): Promise<void> | undefined;
  /** The oldest messages of a stream of requests are answered: they take no more memory. */
  finishMessages(count: number): void;
  /** The request has arrived. For streams, which stay open: their request then takes no more memory. */
  finishReading(): void;
  /** Releases everything, and stops a client that is still sending. */
  end(): void;
};

type RequestStart = {
  readonly stream: ServerHttp2Stream;
  readonly address: string;
  readonly path: string;
  readonly limits: CallLimits;
  readonly needsLogin: boolean;
  /** Rejected if the request exceeds a limit; the call then calls `end`. */
  readonly call: { reject(error: ChatError): void };
};

/** The requests of all calls. */
export type IncomingRequests = {
  open(start: RequestStart): IncomingRequest;
  incomplete(): number;
  /** Leaves no timer. Call when all calls have ended. */
  stop(): void;
};

type IncomingRequestsOptions = {
  readonly unchecked: UncheckedRequests;
  readonly accounts: ByteBudget;
  readonly rateLimit: RateLimit;
  readonly clock: Clock;
};

/** The slowest request that is accepted: 32 kbit/s. */
const progress = { intervalMs: 10_000, bytes: 40 * 1024 } as const;
const maxWaitMs = 10_000;
const sweepIntervalMs = 1000;
/** Larger messages are not read until the login has succeeded. */
const maxUncheckedBytes = 16 * 1024;
/** What a request costs besides its message: the stream, and up to 8 KiB of headers. */
const requestCostBytes = 24 * 1024;

type Shared = Pick<IncomingRequestsOptions, 'unchecked' | 'accounts' | 'rateLimit' | 'clock'> & {
  readonly incomplete: Set<Request>;
  readonly open: Map<string, number>;
};

/**
 * Limits requests before grpc-js reads them: the size and number of their messages, compression, memory and time. It reads
 * the HTTP/2 stream before grpc-js, which ignores what arrives after a call was rejected.
 */
export function createIncomingRequests(options: IncomingRequestsOptions): IncomingRequests {
  const { clock } = options;
  const shared: Shared = { ...options, incomplete: new Set(), open: new Map() };
  const { incomplete } = shared;
  let stopSweeping: (() => void) | undefined;

  const sweep = (): void => {
    const nowMs = clock.monotonicMs();
    for (const request of incomplete) request.check(nowMs);
    stopSweeping = incomplete.size > 0 ? clock.after(sweepIntervalMs, sweep) : undefined;
  };

  return {
    incomplete: () => [...incomplete].filter((request) => !request.isComplete()).length,
    open(start) {
      const request = new Request(start, shared);
      stopSweeping ??= clock.after(sweepIntervalMs, sweep);
      return request;
    },
    stop: () => stopSweeping?.(),
  };
}

/** A class, so that a call does not create a closure for each method. */
class Request implements IncomingRequest {
  readonly #start: RequestStart;
  readonly #shared: Shared;
  readonly #frames: MessageFrames;
  #account: string | undefined;
  readonly #onData = (chunk: Buffer): void => this.#read(chunk);
  #announcedBytes = 0;
  #messages = 0;
  readonly #memory: MessageMemory;
  #hasEnded = false;
  #releaseUnchecked: (() => void) | undefined;
  #openKey: string | undefined;
  /** Set while the request waits for its login or for memory. */
  #waitingSinceMs: number | undefined;
  #intervalStartMs: number | undefined;
  #intervalBytes = 0;

  constructor(start: RequestStart, shared: Shared) {
    this.#start = start;
    this.#shared = shared;
    this.#memory = new MessageMemory(shared.accounts);
    this.#frames = new MessageFrames((compressed, lengthBytes) => this.#announce(compressed, lengthBytes));
    shared.incomplete.add(this);
    start.stream.prependListener('data', this.#onData);
    // To read the next message, grpc-js resumes a stream that waits for memory.
    if (this.#isStream()) start.stream.on('resume', () => this.#memory.isWaiting() && start.stream.pause());
  }

  holdUnchecked(): void {
    const { address } = this.#start;
    const bytes = requestCostBytes + Math.min(this.#announcedBytes, smallBytes);
    this.#releaseUnchecked?.();
    this.#releaseUnchecked = this.#shared.unchecked.hold(address, bytes, () =>
      this.#reject(new ChatError('rate-limited', 'too many calls at once', { retryAfterMs: 1000 })),
    );
  }

  admit(account: string): Promise<void> | undefined {
    (this.#start.limits.rate ?? this.#shared.rateLimit).take(account);
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
        this.#shared.rateLimit.takeBytes(account, this.#announcedBytes);
        if (this.#memory.reserve(account, this.#announcedBytes, start)) start();
        else this.#waitingSinceMs = this.#shared.clock.monotonicMs();
      } catch (error) {
        reject(ChatError.from(error));
      }
    });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#memory.releaseAll();
    this.#releaseUnchecked?.();
    this.#countOut();
    this.#shared.incomplete.delete(this);
    if (this.#isStream()) this.#endStream();
    else if (!this.isComplete()) stopClient(this.#start.stream);
  }

  finishMessages(count: number): void {
    for (let finished = 0; finished < count; finished++) this.#memory.releaseOldest();
  }

  finishReading(): void {
    this.#start.stream.off('data', this.#onData);
    this.#shared.incomplete.delete(this);
  }

  isComplete(): boolean {
    return this.#start.stream.readableEnded;
  }

  check(nowMs: number): void {
    if (this.isComplete()) {
      this.#shared.incomplete.delete(this);
      return;
    }
    if (this.#waitingSinceMs !== undefined) {
      if (this.#account === undefined || nowMs - this.#waitingSinceMs < maxWaitMs) return;
      this.#reject(new ChatError('rate-limited', 'too many large requests at once', { retryAfterMs: 1000 }));
      return;
    }
    // A complete message that awaits its login is not late, nor is a stream, which is not read before.
    const awaitsLogin = this.#start.needsLogin && this.#account === undefined;
    if (awaitsLogin && (this.#isStream() || (this.#messages > 0 && this.#frames.isBetweenMessages()))) return;
    this.#intervalStartMs ??= nowMs;
    if (nowMs - this.#intervalStartMs < progress.intervalMs) return;
    if (this.#intervalBytes < progress.bytes)
      this.#reject(new ChatError('timed-out', 'the request did not arrive in time'));
    else this.#startInterval(nowMs);
  }

  #read(chunk: Buffer): void {
    if (this.#hasEnded) return;
    this.#intervalBytes += chunk.length;
    try {
      this.#frames.read(chunk);
      if (this.#isStream() && this.#frames.isBetweenMessages()) this.#startInterval(undefined);
    } catch (error) {
      this.#reject(error);
    }
  }

  #announce(compressed: boolean, lengthBytes: number): void {
    const { maxMessages, maxMessageBytes } = this.#start.limits;
    if (compressed)
      throw new ChatError('unsupported', 'compressed messages are not supported: send them uncompressed');
    if (++this.#messages > maxMessages) throw new ChatError('usage', 'too many requests in one call');
    if (lengthBytes > maxMessageBytes) {
      const text = `the message has ${lengthBytes} bytes, the limit is ${maxMessageBytes}`;
      throw new ChatError('message-too-large', text);
    }
    this.#announcedBytes += lengthBytes;
    if (this.#account === undefined) {
      this.holdUnchecked();
      if (lengthBytes > maxUncheckedBytes) this.#pause();
      return;
    }
    // The message before is complete.
    if (this.#isStream()) this.#startInterval(undefined);
    else this.#shared.rateLimit.takeBytes(this.#account, lengthBytes);
    if (!this.#memory.reserve(this.#account, lengthBytes, () => this.#resume())) this.#pause();
  }

  /** Lets the client read the answers and the status, for a time. */
  #endStream(): void {
    const { stream } = this.#start;
    if (stream.closed || stream.destroyed) return;
    if (!stream.readableFlowing) stream.resume();
    if (!stream.headersSent || stream.sentHeaders['grpc-status'] !== undefined) {
      stopClient(stream);
      return;
    }
    // Node would not send the trailers of a stream that is closed before.
    stream.once('wantTrailers', () => this.isComplete() || setImmediate(() => stopClient(stream)));
    const reset = (): void => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    stream.once('close', this.#shared.clock.after(progress.intervalMs, reset));
  }

  /** Whether a user sends many messages in this call. The handler then limits their rate, as it answers each of them. */
  #isStream(): boolean {
    const { needsLogin, limits } = this.#start;
    return needsLogin && limits.maxMessages > 1;
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

  #reject(error: unknown): void {
    if (!this.#hasEnded) this.#start.call.reject(ChatError.from(error));
  }
}

export function stopClient(stream: ServerHttp2Stream): void {
  stream.resume();
  // Node writes the answer first. gRPC servers in C++ end such streams in the same way.
  if (!stream.closed && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
}
