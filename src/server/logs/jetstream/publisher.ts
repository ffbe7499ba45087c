import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamClient, type PubAck } from '@nats-io/jetstream';
import { headers, InvalidArgumentError } from '@nats-io/transport-node';
import { ChatError } from '../../../shared/errors.js';
import type { Clock } from '../../../shared/clock.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import type { Append, Appended, MessageLog } from '../../messages/message-log.js';
import { appendTimeoutMs, createAppender, maxWaitingBytes, tooManyWaiting, unwritable } from '../appender.js';
import { dedupeKey, type DedupeIndex } from '../dedupe-index.js';
import type { LogTail } from '../log-tail.js';
import { createInFlightLimiter } from './in-flight-limiter.js';
import { subjectOf } from './stream-config.js';
import { originalHeader, timeHeader } from './stream-reader.js';
import { natsProblem, replacedProblem, type StreamWatch } from './stream-watch.js';
import { createHash, randomUUID } from 'node:crypto';

/** The writing half of a log in JetStream. */
export type Publisher = {
  readonly append: MessageLog['append'];
  /** Rejects later appends and resolves when the earlier ones are answered. */
  close(): Promise<void>;
};

type PublisherOptions = {
  readonly client: JetStreamClient;
  /** For the time header only; timeouts run in real time. */
  readonly clock: Clock;
  readonly stream: string;
  readonly subject: string;
  readonly tail: LogTail;
  readonly ids: Pick<DedupeIndex, 'find' | 'last'>;
  readonly watch: Pick<StreamWatch, 'isReplaced' | 'failed' | 'succeeded' | 'replaced'>;
  readonly isUp: () => boolean;
};

/** An answer that takes longer is considered lost, and the message is published again. */
const attemptTimeoutMs = 1500;
const retryDelayMs = 100;
const maxInFlight = { count: 512, bytes: 16 * 1024 * 1024 } as const;

/** Publishes with retries until `appendTimeoutMs`, in the order of `append`. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { client, clock, stream, subject, tail, ids, watch, isUp } = options;
  const inFlight = createInFlightLimiter(maxInFlight.count, maxInFlight.bytes);
  const tooLateSignal = createSharedTimeouts(appendTimeoutMs);
  let pendingBytes = 0;

  /** Publishes until there is an answer, each time under the same id, so that NATS stores the message once. */
  const publish = async (
    to: string,
    message: Uint8Array,
    msgID: string,
    deadline: number,
    original: Uint8Array | undefined,
  ): Promise<PubAck> => {
    const sent = headers();
    sent.set(timeHeader, String(clock.now()));
    if (original) sent.set(originalHeader, Buffer.from(original).toString('base64'));
    for (let reason: unknown = new Error('NATS is away'); ;) {
      const left = deadline - performance.now();
      if (watch.isReplaced()) throw streamReplaced(stream);
      if (left <= 0) throw unwritable(natsProblem(reason), reason);
      try {
        if (isUp()) {
          const timeout = Math.max(1, Math.min(attemptTimeoutMs, left));
          return await client.publish(to, message, {
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

  const send = async (append: Append, message: Uint8Array): Promise<Appended> => {
    const { author, id } = append;
    const deadline = performance.now() + appendTimeoutMs;
    const tooLate = tooLateSignal();
    const headBefore = tail.head();
    const msgID = natsMessageId(author, id, ids.last(author, id));
    const release = await inFlight.acquire(message.length);
    try {
      const { seq, duplicate } = await publish(
        subjectOf(subject, append),
        message,
        msgID,
        deadline,
        append.original,
      );
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

  return createAppender({
    find: ids.find,
    async write(append, message) {
      if (pendingBytes + message.length > maxWaitingBytes) throw unwritable(tooManyWaiting);
      pendingBytes += message.length;
      try {
        return await send(append, message);
      } finally {
        pendingBytes -= message.length;
      }
    },
  });
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
