import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { connectNats } from './connect-nats.js';
import { natsName, type NatsStoreOptions } from './nats-store-options.js';

/** A connection to NATS that comes back by itself. */
export type NatsLink = {
  readonly connection: NatsConnection;
  /** As a person would name it. */
  readonly name: string;
  /** False while it is away. */
  readonly isUp: () => boolean;
  /** Calls `task` each time it came back; the returned function stops that. */
  onUp(task: () => void): () => void;
  close(): Promise<void>;
};

/** So many different refusals are told until NATS was away again. */
const maxReasons = 20;

/**
 * Connects within `natsStartTimeoutMs`. Throws `unreachable` where no NATS answers, and at once what waiting does not mend:
 * `unreachable` where its certificate is not trusted or it has none, `login-refused` where it wants another login or a
 * certificate, `usage` where a file that the options name is of no use. Later it tries to come back forever.
 */
export async function openNatsLink(options: NatsStoreOptions, logger: Logger): Promise<NatsLink> {
  const name = natsName(options);
  const connection = await connectNats(options, logger);
  let isUp = true;
  const tasks = new Set<() => void>();

  // What NATS refuses once it refuses again and again.
  const reported = new Set<string>();

  const follow = async (): Promise<void> => {
    for await (const status of connection.status()) {
      // Each attempt that NATS refuses is a disconnection for the library, and each of them comes back in the end.
      if (status.type === 'disconnect' && isUp) {
        isUp = false;
        logger.warn({ nats: name }, 'NATS is away: sending is refused until it is back');
      } else if (status.type === 'reconnect' && !isUp) {
        isUp = true;
        reported.clear();
        logger.info({ nats: connection.getServer() }, 'NATS is back');
        for (const task of tasks) task();
      } else if (
        status.type === 'error' &&
        reported.size < maxReasons &&
        !reported.has(status.error.message)
      ) {
        reported.add(status.error.message);
        logger.warn({ nats: name, reason: status.error.message }, 'NATS refuses something');
      }
    }
  };
  follow().catch((err: unknown) => logger.error({ err }, 'the connection to NATS is no longer watched'));

  return {
    connection,
    name,
    isUp: () => isUp && !connection.isClosed(),
    onUp(task) {
      tasks.add(task);
      return () => tasks.delete(task);
    },
    async close() {
      tasks.clear();
      await connection.close();
    },
  };
}
