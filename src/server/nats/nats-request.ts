import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, type StreamAPI, type StreamInfo } from '@nats-io/jetstream';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { natsStartTimeoutMs } from './connect-nats.js';

const retryDelayMs = 250;

/** How long one request to JetStream may take, in milliseconds: what is asked while a leader is elected gets no answer. */
export const requestTimeoutMs = 1500;

/** A cluster that has too few servers for the replicas asked for, as it has while it starts. */
const noSuitablePeers = 10005;

/** Whether an answer of JetStream says that there is no such stream. */
export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** The stream as JetStream describes it; undefined where there is none. */
export async function findStream(streams: StreamAPI, name: string): Promise<StreamInfo | undefined> {
  try {
    return await streams.info(name);
  } catch (error) {
    if (isStreamMissing(error)) return undefined;
    throw error;
  }
}

/** Whether JetStream refused a write since somebody else wrote in between. */
export function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
}

/**
 * Runs `task`, again and again while a NATS that starts or elects a leader does not answer. What JetStream refuses
 * throws `usage` with its reason; no answer within `natsStartTimeoutMs` throws `unreachable`.
 */
export async function retryUntilAnswered<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + natsStartTimeoutMs;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof ChatError) throw error;
      if (isRefusal(error)) throw refused(name, error);
      if (performance.now() > deadline) throw isTooFew(error) ? refused(name, error) : silent(name, error);
    }
    await wait(retryDelayMs);
  }
}

const isTooFew = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === noSuitablePeers;

const isRefusal = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.status < 500 && !isTooFew(error);

function refused(name: string, cause: unknown): ChatError {
  return new ChatError('usage', `NATS at ${name} refuses the store: ${thrownMessage(cause)}`, {
    hint: 'Correct --store, the limits of the NATS account, or the number of NATS servers.',
    cause,
  });
}

function silent(name: string, cause: unknown): ChatError {
  return new ChatError('unreachable', `JetStream does not answer at ${name}: ${thrownMessage(cause)}`, {
    hint: 'Turn it on in nats-server\'s configuration: jetstream { store_dir: "/var/lib/nats" }. A cluster needs most of its servers.',
    cause,
  });
}
