import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { ChatError } from '../../shared/errors.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { withCreationLock } from './creation-lock.js';
import { findStream, requestTimeoutMs, retryUntilAnswered } from './nats-request.js';
import type { NatsLink } from './nats-link.js';

/** Opens a bucket that servers share; creates it if absent. Throws `unreachable` or `usage` if NATS does not provide it. */
export async function openBucket(
  { name: host, connection }: NatsLink,
  name: string,
  replicas: number,
): Promise<KV> {
  return retryUntilAnswered(host, async () => {
    const kvm = new Kvm(connection);
    const { streams } = await jetstreamManager(connection, { timeout: requestTimeoutMs });
    if (await findStream(streams, bucketStream(name))) return kvm.open(name);
    // `create` checks again itself. No direct reads: a replica may lag behind, and a removed user must be out at once.
    return withCreationLock(connection, name, () =>
      kvm.create(name, { history: 1, replicas, allow_direct: false }),
    );
  });
}

/** The stream in which NATS keeps a bucket. */
export const bucketStream = (name: string): string => `KV_${name}`;

/** Turns the errors of NATS into `store-unavailable`. */
export async function withBucketName<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    throw new ChatError('store-unavailable', `cannot use the NATS bucket ${name}: ${thrownMessage(error)}`, {
      hint: 'Try again when NATS answers; repair the bucket with nats kv if it is damaged.',
      cause: error,
    });
  }
}
