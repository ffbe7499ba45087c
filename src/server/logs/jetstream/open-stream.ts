import { setTimeout as wait } from 'node:timers/promises';
import {
  JetStreamApiError,
  type JetStreamManager,
  type StreamAPI,
  type StreamInfo,
} from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { isSingle, makeAlone } from '../../nats/creation-lock.js';
import { findStream, untilAnswered } from '../../nats/nats-request.js';
import type { NatsLink } from '../../nats/nats-link.js';
import { checkStream, messageOverhead, newStream, type StreamNeeds } from './stream-config.js';

/** Another server made the stream at the same moment. */
const nameInUse = 10058;
/** Between two looks at a new stream, in milliseconds. */
const settleTime = 250;

/**
 * Finds the stream, or makes it. Throws `usage` where it cannot hold the room's messages, naming the setting, or where
 * NATS itself takes too small messages, saying what to set; `unreachable` where JetStream does not answer.
 */
export async function openStream(
  link: NatsLink,
  manager: () => Promise<JetStreamManager>,
  needs: StreamNeeds,
): Promise<StreamInfo> {
  checkPayload(link, needs);
  const info = await untilAnswered(link.name, async () => findOrMake(link, (await manager()).streams, needs));
  checkStream(info.config, needs);
  return info;
}

async function findOrMake(
  { connection }: NatsLink,
  streams: StreamAPI,
  needs: StreamNeeds,
): Promise<StreamInfo> {
  const find = (): Promise<StreamInfo | undefined> => findStream(streams, needs.name);
  const found =
    (await find()) ??
    (await makeAlone(connection, needs.name, async () => (await find()) ?? make(streams, needs)));
  return isSingle(connection) || found.state.last_seq > 0 ? found : settled(streams, found);
}

async function make(streams: StreamAPI, needs: StreamNeeds): Promise<StreamInfo> {
  try {
    return await streams.add(newStream(needs));
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === nameInUse) throw notYet(needs.name);
    throw error;
  }
}

/** A cluster tells for some milliseconds when one replica of a new stream was made, and then when the stream was. */
async function settled(streams: StreamAPI, found: StreamInfo): Promise<StreamInfo> {
  const { name } = found.config;
  for (let before = found; ;) {
    await wait(settleTime);
    const now = await findStream(streams, name);
    if (!now) throw notYet(name);
    if (now.created === before.created) return now;
    before = now;
  }
}

/** Not the answer of NATS itself: that would be taken for a refusal. */
const notYet = (name: string): Error => new Error(`the stream ${name} is only being made`);

function checkPayload({ connection, name }: NatsLink, { maxContent }: StreamNeeds): void {
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
