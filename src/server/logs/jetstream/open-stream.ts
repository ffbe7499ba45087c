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
  formerMaxMessageSize,
  maxMessageSize,
  messageOverhead,
  newStream,
  type StreamRequirements,
} from './stream-config.js';

/** Another server made the stream at the same moment. */
const nameInUse = 10058;
/** Between two looks at a new stream, in milliseconds. */
const settleIntervalMs = 250;

/**
 * Finds the stream, or makes it. Throws `usage` where it cannot hold the room's messages, naming the setting, or where
 * NATS itself takes too small messages, saying what to set; `unreachable` where JetStream does not answer.
 */
export async function openStream(
  link: NatsLink,
  manager: () => Promise<JetStreamManager>,
  requirements: StreamRequirements,
): Promise<StreamInfo> {
  checkPayload(link, requirements);
  const info = await retryUntilAnswered(link.name, async () => {
    const { streams } = await manager();
    return withLargerMessages(await findOrMake(link, streams, requirements), streams);
  });
  checkStream(info.config, requirements);
  return info;
}

/** A stream that an earlier version made, for messages as large as this one takes them. */
async function withLargerMessages(info: StreamInfo, streams: StreamAPI): Promise<StreamInfo> {
  if (info.config.max_msg_size !== formerMaxMessageSize) return info;
  try {
    return await streams.update(info.config.name, { ...info.config, max_msg_size: maxMessageSize });
  } catch (error) {
    // Where it may not be changed, the check says what to set.
    if (error instanceof JetStreamApiError) return info;
    throw error;
  }
}

async function findOrMake(
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
      async () => (await find()) ?? make(streams, requirements),
    ));
  return isSingle(connection) || found.state.last_seq > 0 ? found : settled(streams, found);
}

async function make(streams: StreamAPI, requirements: StreamRequirements): Promise<StreamInfo> {
  try {
    return await streams.add(newStream(requirements));
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === nameInUse) throw notYet(requirements.name);
    throw error;
  }
}

/** A cluster tells for some milliseconds when one replica of a new stream was made, and then when the stream was. */
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

/** Not the answer of NATS itself: that would be taken for a refusal. */
const notYet = (name: string): Error => new Error(`the stream ${name} is only being made`);

function checkPayload({ connection, name }: NatsLink, { maxContent }: StreamRequirements): void {
  const largest = maxContent + messageOverhead;
  const most = connection.info?.max_payload ?? largest;
  if (most >= largest) return;
  throw new ChatError(
    'usage',
    `NATS at ${name} takes messages of ${most} bytes, an image may have ${maxContent}`,
    {
      hint: `Set max_payload: 8MB in nats-server's configuration, or start with --max-image ${most - messageOverhead}.`,
    },
  );
}
