import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { ChatError } from '../../../shared/errors.js';
import { isStreamMissing, untilAnswered } from '../../nats/nats-answer.js';
import type { NatsLink } from '../../nats/nats-link.js';
import { checkStream, messageOverhead, newStream, type StreamNeeds } from './stream-config.js';

/** Another server made the stream at the same moment. */
const nameInUse = 10058;

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
  const info = await untilAnswered(link.name, async () => findOrMake(await manager(), needs));
  checkStream(info.config, needs);
  return info;
}

async function findOrMake({ streams }: JetStreamManager, needs: StreamNeeds): Promise<StreamInfo> {
  try {
    return await streams.info(needs.name);
  } catch (error) {
    if (!isStreamMissing(error)) throw error;
  }
  try {
    return await streams.add(newStream(needs));
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== nameInUse) throw error;
    return streams.info(needs.name);
  }
}

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
