import { setTimeout as wait } from 'node:timers/promises';
import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamAPI,
  type StreamInfo,
} from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { isSingle, withCreationLock } from '../../nats/creation-lock.js';
import { findStream, retryUntilAnswered } from '../../nats/nats-request.js';
import type { NatsLink } from '../../nats/nats-link.js';
import {
  checkStream,
  messageOverhead,
  newStream,
  streamUpgrade,
  type StreamRequirements,
} from './stream-config.js';

/** JetStream's error code: another server created the stream at the same moment. */
const nameInUse = 10058;
const settleIntervalMs = 250;

/** Throws `usage` if the stream or NATS cannot store the room's messages, `unreachable` if JetStream is down. */
export async function openStream(
  link: NatsLink,
  manager: () => Promise<JetStreamManager>,
  requirements: StreamRequirements,
): Promise<StreamInfo> {
  checkPayload(link, requirements);
  const info = await retryUntilAnswered(link.name, async () => {
    const { streams } = await manager();
    return upgraded(await findOrCreate(link, streams, requirements), streams);
  });
  checkStream(info.config, requirements);
  return info;
}

/** Upgrades the configuration of a stream of an earlier version. */
async function upgraded(info: StreamInfo, streams: StreamAPI): Promise<StreamInfo> {
  const changes = streamUpgrade(info.config);
  if (!changes) return info;
  try {
    return await streams.update(info.config.name, { ...info.config, ...changes });
  } catch (error) {
    // If it may not be changed, `checkStream` says what to set.
    if (error instanceof JetStreamApiError) return info;
    throw error;
  }
}

async function findOrCreate(
  { connection }: NatsLink,
  streams: StreamAPI,
  requirements: StreamRequirements,
): Promise<StreamInfo> {
  const find = (): Promise<StreamInfo | undefined> => findStream(streams, requirements.name);
  const found =
    (await find()) ??
    (await withCreationLock(
      connection,
      requirements.name,
      async () => (await find()) ?? create(streams, requirements),
    ));
  return isSingle(connection) || found.state.last_seq > 0 ? found : settled(streams, found);
}

async function create(streams: StreamAPI, requirements: StreamRequirements): Promise<StreamInfo> {
  try {
    return await streams.add(newStream(requirements));
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === nameInUse) throw notYet(requirements.name);
    throw error;
  }
}

/** A cluster reports first when one replica of a new stream was created, and milliseconds later when the stream was. */
async function settled(streams: StreamAPI, found: StreamInfo): Promise<StreamInfo> {
  const { name } = found.config;
  for (let before = found; ;) {
    await wait(settleIntervalMs);
    const now = await findStream(streams, name);
    if (!now) throw notYet(name);
    if (now.created === before.created) return now;
    before = now;
  }
}

/** Not an error of JetStream, which `retryUntilAnswered` would not retry. */
const notYet = (name: string): Error => new Error(`the stream ${name} is still being created`);

function checkPayload({ connection, name }: NatsLink, { maxContentBytes }: StreamRequirements): void {
  const largest = maxContentBytes + messageOverhead;
  const maxPayload = connection.info?.max_payload ?? largest;
  if (maxPayload >= largest) return;
  throw new ChatError(
    'usage',
    `NATS at ${name} accepts messages of up to ${maxPayload} bytes, but an image may have ${maxContentBytes}`,
    {
      hint: `Set max_payload: 8MB in nats-server's configuration, or start with --max-image ${maxPayload - messageOverhead}.`,
    },
  );
}
