import { setTimeout as wait } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, type StreamAPI, type StreamInfo } from '@nats-io/jetstream';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { natsStartTimeoutMs } from './connect-nats.js';

const retryDelayMs = 250;

/** Requests during a leader election get no answer. */
export const requestTimeoutMs = 1500;

/** JetStream's error code if a cluster has too few servers for the replicas, as while it starts. */
const noSuitablePeers = 10005;

export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

export async function findStream(streams: StreamAPI, name: string): Promise<StreamInfo | undefined> {
  try {
    return await streams.info(name);
  } catch (error) {
    if (isStreamMissing(error)) return undefined;
    throw error;
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
}

/** Retries while NATS starts or elects a leader. Throws `usage` if JetStream rejects it. */
export async function retryUntilAnswered<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + natsStartTimeoutMs;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (error instanceof ChatError) throw error;
      if (isRejection(error)) throw rejected(name, error);
      if (performance.now() > deadline)
        throw isTooFew(error) ? rejected(name, error) : unanswered(name, error);
    }
    await wait(retryDelayMs);
  }
}

const isTooFew = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === noSuitablePeers;

const isRejection = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.status < 500 && !isTooFew(error);

function rejected(name: string, cause: unknown): ChatError {
  return new ChatError('usage', `NATS at ${name} refuses the store: ${thrownMessage(cause)}`, {
    hint: 'Correct --store, the limits of the NATS account, or the number of NATS servers.',
    cause,
  });
}

function unanswered(name: string, cause: unknown): ChatError {
  return new ChatError('unreachable', `JetStream does not answer at ${name}: ${thrownMessage(cause)}`, {
    hint: 'Turn it on in nats-server\'s configuration: jetstream { store_dir: "/var/lib/nats" }. A cluster needs most of its servers.',
    cause,
  });
}
