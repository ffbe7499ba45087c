import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { smallBytes, type ByteBudget, type Release } from './byte-budget.js';
import type { CallLimits } from './call-limits.js';
import { createMessageFrames } from './message-frames.js';
import type { RateLimit } from './rate-limit.js';
import type { UncheckedRequests } from './unchecked-requests.js';

/** What one call holds, from its headers until it is answered. */
export type IncomingRequest = {
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
  /** The request breaks a limit; `end` follows. */
  readonly onRefused: (error: ChatError) => void;
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
/** How long a request waits for memory before the client is told to come again. */
const maxWaitMs = 10_000;
const sweepIntervalMs = 1000;
/** Until the login is checked, larger messages are not read beyond the connection's flow-control window. */
const maxUncheckedBytes = 16 * 1024;

/** What a request costs besides its message: its stream, and up to 8 KiB of headers. */
const requestCostBytes = 24 * 1024;

type Incomplete = { check(nowMs: number): void };

/**
 * Bounds what a request costs before grpc-js reads it: compression, size and number of its messages, the memory it
 * holds, and the time it takes. It listens to the HTTP/2 stream ahead of grpc-js, which ignores what comes after a refusal.
 */
export function createIncomingRequests(options: IncomingRequestsOptions): IncomingRequests {
  const { unchecked, accounts, rateLimit, clock } = options;
  const incomplete = new Set<Incomplete>();
  /** How many calls of a method each account has open, by path and account. */
  const open = new Map<string, number>();
  let sweeping = false;

  const sweep = (): void => {
    const nowMs = clock.monotonicMs();
    for (const request of incomplete) request.check(nowMs);
    sweeping = incomplete.size > 0;
    if (sweeping) clock.after(sweepIntervalMs, sweep);
  };

  const countIn = (path: string, account: string, maxPerUser: number): (() => void) => {
    const key = `${path} ${account}`;
    const count = open.get(key) ?? 0;
    if (count >= maxPerUser) {
      const text = `${count} calls of this kind are open already: end one first`;
      throw new ChatError('rate-limited', text, { retryAfterMs: 1000 });
    }
    open.set(key, count + 1);
    return () => {
      const rest = (open.get(key) ?? 1) - 1;
      if (rest > 0) open.set(key, rest);
      else open.delete(key);
    };
  };

  return {
    incomplete: () => incomplete.size,
    open({ stream, address, path, limits, needsLogin, onRefused }) {
      let account: string | undefined;
      let announcedBytes = 0;
      let messages = 0;
      let ended = false;
      let releaseUnchecked: Release = () => undefined;
      let release: Release | undefined;
      let countOut = (): void => undefined;
      /** Set while the stream is not read: the login is being checked, or there is no memory for the message. */
      let waitingSinceMs: number | undefined;
      let stopWaiting = (): void => undefined;
      let intervalStartMs = clock.monotonicMs();
      let intervalBytes = 0;

      const pause = (): void => {
        waitingSinceMs = clock.monotonicMs();
        stream.pause();
      };
      const startInterval = (nowMs: number): void => {
        intervalStartMs = nowMs;
        intervalBytes = 0;
      };
      const resume = (): void => {
        waitingSinceMs = undefined;
        startInterval(clock.monotonicMs());
        stream.resume();
      };
      const refuse = (error: unknown): void => {
        if (!ended) onRefused(ChatError.from(error));
      };

      /** Reserves what was announced; true: there is room. Otherwise `start` is called once there is. */
      const reserve = (owner: string, start: () => void): boolean => {
        rateLimit.takeBytes(owner, announcedBytes);
        release = accounts.reserve(owner, announcedBytes);
        if (release) return true;
        stopWaiting = accounts.wait(owner, announcedBytes, (reserved) => {
          release = reserved;
          start();
        });
        return false;
      };
      const holdUnchecked = (bytes: number): void => {
        releaseUnchecked();
        releaseUnchecked = unchecked.hold(address, bytes, () =>
          refuse(new ChatError('rate-limited', 'too many calls at once', { retryAfterMs: 1000 })),
        );
      };

      const frames = createMessageFrames((compressed, lengthBytes) => {
        if (compressed)
          throw new ChatError('unsupported', 'compressed messages are not taken: send them uncompressed');
        if (++messages > limits.maxMessages) throw new ChatError('usage', 'too many requests in one call');
        if (lengthBytes > limits.maxMessageBytes) {
          const text = `the message has ${lengthBytes} bytes, the limit is ${limits.maxMessageBytes}`;
          throw new ChatError('message-too-large', text);
        }
        announcedBytes += lengthBytes;
        if (account === undefined) {
          holdUnchecked(requestCostBytes + Math.min(announcedBytes, smallBytes));
          if (lengthBytes > maxUncheckedBytes) pause();
        } else if (!reserve(account, resume)) pause();
      });

      const onData = (chunk: Buffer): void => {
        intervalBytes += chunk.length;
        try {
          frames.read(chunk);
        } catch (error) {
          refuse(error);
        }
      };
      const state: Incomplete = {
        check(nowMs) {
          if (waitingSinceMs !== undefined) {
            if (account === undefined || nowMs - waitingSinceMs < maxWaitMs) return;
            refuse(new ChatError('rate-limited', 'too many large requests at once', { retryAfterMs: 1000 }));
            return;
          }
          // Its end is read once the login is checked.
          if (needsLogin && account === undefined && messages > 0 && frames.isBetweenMessages()) return;
          if (nowMs - intervalStartMs < progress.intervalMs) return;
          if (intervalBytes < progress.bytes) {
            refuse(new ChatError('timed-out', 'the request did not arrive in time'));
          } else startInterval(nowMs);
        },
      };
      const arrived = (): void => void incomplete.delete(state);

      holdUnchecked(requestCostBytes);
      incomplete.add(state);
      stream.prependListener('data', onData);
      stream.once('end', arrived);
      if (!sweeping) {
        sweeping = true;
        clock.after(sweepIntervalMs, sweep);
      }

      return {
        admit(name) {
          rateLimit.take(name);
          if (limits.maxPerUser !== Infinity) countOut = countIn(path, name, limits.maxPerUser);
          account = name;
          releaseUnchecked();
          startInterval(clock.monotonicMs());
          if (messages === 0) return undefined;
          return new Promise((resolve, reject) => {
            try {
              const start = (): void => {
                resume();
                resolve();
              };
              if (reserve(name, start)) start();
              else waitingSinceMs = clock.monotonicMs();
            } catch (error) {
              reject(ChatError.from(error));
            }
          });
        },
        end() {
          if (ended) return;
          ended = true;
          stopWaiting();
          release?.();
          releaseUnchecked();
          countOut();
          stream.off('data', onData).off('end', arrived);
          if (incomplete.delete(state)) stopClient(stream);
        },
      };
    },
  };
}

/** Ends a stream whose client may still be sending: what is left of its request is of no use any more. */
export function stopClient(stream: ServerHttp2Stream): void {
  stream.resume();
  // The answer is written first; gRPC servers in C++ end such streams in the same way.
  if (!stream.closed && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
}
