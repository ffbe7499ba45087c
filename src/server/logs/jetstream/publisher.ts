import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamClient, type PubAck } from '@nats-io/jetstream';
import { headers, InvalidArgumentError } from '@nats-io/transport-node';
import { ChatError } from '../../../shared/errors.js';
import type { Clock } from '../../../shared/clock.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { Append, Appended } from '../../room/message-log.js';
import { appendTimeoutMs, maxWaitingBytes, unwritable } from '../append-limits.js';
import { dedupeKey } from '../dedupe-index.js';
import { createInFlightLimiter } from './in-flight-limiter.js';
import { timeHeader } from './stream-reader.js';
import type { StreamTail } from './stream-tail.js';
import type { StreamWatch } from './stream-watch.js';
import { createHash, randomUUID } from 'node:crypto';

/** The writing half of a log in JetStream. */
export type Publisher = {
  readonly append: (append: Append) => Promise<Appended>;
  readonly find: (author: string, id: string) => Promise<number> | undefined;
  /** Refuses what comes later and resolves when what came before is answered. */
  close(): Promise<void>;
};

/** What a publisher works with. */
export type PublisherOptions = {
  readonly client: JetStreamClient;
  /** For the times at which messages are sent; waiting is done in real time. */
  readonly clock: Clock;
  readonly stream: string;
  readonly subject: string;
  readonly tail: StreamTail;
  readonly watch: Pick<StreamWatch, 'isReplaced' | 'failed' | 'succeeded' | 'replaced'>;
  /** Whether NATS is connected. */
  readonly isUp: () => boolean;
};

/** An answer of NATS that took longer than this is taken for lost, and the same is published again. */
const attemptTimeoutMs = 1500;
const retryDelayMs = 100;
/** What may be under way to NATS at once. */
const maxInFlight = { count: 512, bytes: 16 * 1024 * 1024 } as const;

/** Makes a publisher. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { client, clock, stream, subject, tail, watch, isUp } = options;
  const inFlight = createInFlightLimiter(maxInFlight.count, maxInFlight.bytes);
  const tooLateSignal = createSharedTimeouts(appendTimeoutMs);
  const pending = new Set<Promise<unknown>>();
  const pendingById = new Map<string, Promise<Appended>>();
  let pendingBytes = 0;
  let closed = false;

  /** Publishes until there is an answer. Each time under the same id, so that NATS keeps one. */
  const publish = async (message: Uint8Array, msgID: string, deadline: number): Promise<PubAck> => {
    const sent = headers();
    sent.set(timeHeader, String(clock.now()));
    for (let reason: unknown = new Error('NATS is away'); ;) {
      const left = deadline - performance.now();
      if (watch.isReplaced()) throw streamReplaced(stream);
      if (left <= 0) throw unwritable(reason);
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

  /** Resolves when what stands at `sequence` can be read here too. */
  const visible = async (sequence: number, tooLate: AbortSignal): Promise<void> => {
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
      await visible(seq, tooLate);
      watch.succeeded();
      // Where an answer was lost, NATS calls our own second attempt a duplicate.
      return { sequence: seq, duplicate: duplicate && seq <= headBefore };
    } catch (error) {
      const failure = error instanceof ChatError ? error : unwritable(error);
      // Other messages are taken as before.
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
      if (pendingBytes + message.length > maxWaitingBytes) return Promise.reject(unwritable(undefined));
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

/** JetStream's code for a message over the stream's `max_msg_size`. */
const overMessageSize = 10054;

/** The setting of NATS that keeps a message out for good; undefined where it may be taken later. */
function tooLowSetting(error: unknown): string | undefined {
  if (error instanceof JetStreamApiError && error.code === overMessageSize)
    return 'max_msg_size of the stream';
  // The library compares with what nats-server said when it connected.
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
  return new ChatError(
    'store-unavailable',
    `the NATS stream ${stream} is no longer the one this server began with`,
    {
      hint: 'The operator has to start the server again.',
    },
  );
}

/**
 * The id by which NATS tells duplicates: the same for one author's id, whichever server it is sent to. `last` is where
 * that id was used before, long enough ago that it may be used again; 0 if never. Without an id each message gets one
 * of its own, for the case that NATS's answer is lost.
 */
function natsMessageId(author: string, id: string, last: number): string {
  if (id === '') return randomUUID();
  return createHash('sha256')
    .update(`${dedupeKey(author, id)}\u0000${last}`)
    .digest('base64url');
}

/** So many milliseconds after it was made a signal is still given to others. */
const shareWindowMs = 200;

/**
 * Gives signals that abort after at most `milliseconds`, and at most a fifth of a second sooner: what begins at about
 * the same time shares one, since one each would cost more than what it bounds.
 */
function createSharedTimeouts(milliseconds: number): () => AbortSignal {
  let newest: { readonly signal: AbortSignal; readonly madeAt: number } | undefined;

  return () => {
    const now = performance.now();
    if (!newest || now - newest.madeAt > shareWindowMs) {
      newest = { signal: AbortSignal.timeout(milliseconds), madeAt: now };
    }
    return newest.signal;
  };
}
