import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamClient, type PubAck } from '@nats-io/jetstream';
import { headers, InvalidArgumentError } from '@nats-io/transport-node';
import { ChatError } from '../../../shared/errors.js';
import type { Clock } from '../../../shared/clock.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { Append, Appended } from '../../room/message-log.js';
import { appendTimeoutMs, maxWaitingBytes, tooManyWaiting, unwritable } from '../append-limits.js';
import { dedupeKey } from '../dedupe-index.js';
import { createInFlightLimiter } from './in-flight-limiter.js';
import { timeHeader } from './stream-reader.js';
import type { StreamTail } from './stream-tail.js';
import { natsProblem, replacedProblem, type StreamWatch } from './stream-watch.js';
import { createHash, randomUUID } from 'node:crypto';

/** The writing half of a log in JetStream. */
export type Publisher = {
  readonly append: (append: Append) => Promise<Appended>;
  readonly find: (author: string, id: string) => Promise<number> | undefined;
  /** Rejects later appends and resolves when the earlier ones are answered. */
  close(): Promise<void>;
};

type PublisherOptions = {
  readonly client: JetStreamClient;
  /** For the time header only; timeouts run in real time. */
  readonly clock: Clock;
  readonly stream: string;
  readonly subject: string;
  readonly tail: StreamTail;
  readonly watch: Pick<StreamWatch, 'isReplaced' | 'failed' | 'succeeded' | 'replaced'>;
  readonly isUp: () => boolean;
};

/** An answer that takes longer is considered lost, and the message is published again. */
const attemptTimeoutMs = 1500;
const retryDelayMs = 100;
const maxInFlight = { count: 512, bytes: 16 * 1024 * 1024 } as const;

/** Publishes with retries until `appendTimeoutMs`, in the order of `append`. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { client, clock, stream, subject, tail, watch, isUp } = options;
  const inFlight = createInFlightLimiter(maxInFlight.count, maxInFlight.bytes);
  const tooLateSignal = createSharedTimeouts(appendTimeoutMs);
  const pending = new Set<Promise<unknown>>();
  const pendingById = new Map<string, Promise<Appended>>();
  let pendingBytes = 0;
  let closed = false;

  /** Publishes until there is an answer, each time under the same id, so that NATS stores the message once. */
  const publish = async (message: Uint8Array, msgID: string, deadline: number): Promise<PubAck> => {
    const sent = headers();
    sent.set(timeHeader, String(clock.now()));
    for (let reason: unknown = new Error('NATS is away'); ;) {
      const left = deadline - performance.now();
      if (watch.isReplaced()) throw streamReplaced(stream);
      if (left <= 0) throw unwritable(natsProblem(reason), reason);
      try {
        if (isUp()) {
          const timeout = Math.max(1, Math.min(attemptTimeoutMs, left));
          return await client.publish(subject, message, {
            msgID,
            timeout,
            headers: sent,
            expect: { streamName: stream },
          });
        }
      } catch (error) {
        const setting = tooLowSetting(error);
        if (setting !== undefined) throw tooLargeForNats(message.length, setting, error);
        reason = error;
      }
      await wait(Math.max(0, Math.min(retryDelayMs, left)));
    }
  };

  const untilVisible = async (sequence: number, tooLate: AbortSignal): Promise<void> => {
    if (tail.head() < sequence) await tail.appendSignal.wait(sequence - 1, tooLate);
  };

  const send = async ({ message, author, id }: Append): Promise<Appended> => {
    const deadline = performance.now() + appendTimeoutMs;
    const tooLate = tooLateSignal();
    const headBefore = tail.head();
    const msgID = natsMessageId(author, id, tail.ids.last(author, id));
    const release = await inFlight.acquire(message.length);
    try {
      const { seq, duplicate } = await publish(message, msgID, deadline);
      if (!duplicate && seq <= headBefore) {
        watch.replaced();
        throw streamReplaced(stream);
      }
      await untilVisible(seq, tooLate);
      watch.succeeded();
      // If an answer was lost, NATS reports our own second attempt as a duplicate.
      return { sequence: seq, duplicate: duplicate && seq <= headBefore };
    } catch (error) {
      const failure = error instanceof ChatError ? error : unwritable(natsProblem(error), error);
      if (failure.code !== 'message-too-large') watch.failed(failure.cause ?? failure);
      throw failure;
    } finally {
      release();
    }
  };

  const find = (author: string, id: string): Promise<Appended> | undefined => {
    if (id === '') return undefined;
    const first = pendingById.get(dedupeKey(author, id));
    if (first) return first.then(({ sequence }) => ({ sequence, duplicate: true }));
    const sequence = tail.ids.find(author, id);
    return sequence === undefined ? undefined : Promise.resolve({ sequence, duplicate: true });
  };

  return {
    find: (author, id) => find(author, id)?.then(({ sequence }) => sequence),
    append(append) {
      const { message, author, id } = append;
      if (closed) return Promise.reject(new ChatError('shutting-down', 'the server is shutting down'));
      const earlier = find(author, id);
      if (earlier) return earlier;
      if (pendingBytes + message.length > maxWaitingBytes) return Promise.reject(unwritable(tooManyWaiting));
      const appended = send(append);
      const key = dedupeKey(author, id);
      pendingBytes += message.length;
      pending.add(appended);
      if (id !== '') pendingById.set(key, appended);
      const settled = (): void => {
        pendingBytes -= message.length;
        pending.delete(appended);
        if (id !== '') pendingById.delete(key);
      };
      appended.then(settled, settled);
      return appended;
    },
    async close() {
      closed = true;
      await Promise.allSettled(pending);
    },
  };
}

/** JetStream's error code for a message over the stream's `max_msg_size`. */
const overMessageSize = 10054;

/** The NATS setting because of which a message can never be stored; undefined if a retry may help. */
function tooLowSetting(error: unknown): string | undefined {
  if (error instanceof JetStreamApiError && error.code === overMessageSize)
    return 'max_msg_size of the stream';
  // The library compares with the value that nats-server sent when it connected.
  return error instanceof InvalidArgumentError && thrownMessage(error).includes('max_payload')
    ? 'max_payload of nats-server'
    : undefined;
}

function tooLargeForNats(bytes: number, setting: string, cause: unknown): ChatError {
  return new ChatError('message-too-large', `${setting} is too low for this message of ${bytes} bytes`, {
    hint: 'Send less, or ask the operator to raise it.',
    cause,
  });
}

function streamReplaced(stream: string): ChatError {
  return unwritable(replacedProblem, new Error(`${stream} is no longer the stream this server began with`));
}

/** The id by which NATS deduplicates. `last` is its previous sequence, outside the window; 0 if there is none. */
function natsMessageId(author: string, id: string, last: number): string {
  if (id === '') return randomUUID();
  return createHash('sha256')
    .update(`${dedupeKey(author, id)}\u0000${last}`)
    .digest('base64url');
}

const shareWindowMs = 200;

/** Signals may abort up to `shareWindowMs` early: a timer for each append would be expensive. */
function createSharedTimeouts(timeoutMs: number): () => AbortSignal {
  let newest: { readonly signal: AbortSignal; readonly createdAt: number } | undefined;

  return () => {
    const now = performance.now();
    if (!newest || now - newest.createdAt > shareWindowMs) {
      newest = { signal: AbortSignal.timeout(timeoutMs), createdAt: now };
    }
    return newest.signal;
  };
}
