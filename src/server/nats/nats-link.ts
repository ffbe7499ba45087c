import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { connectNats } from './connect-nats.js';
import { natsName, type NatsStoreOptions } from './nats-store-options.js';

/** A connection to NATS that reconnects by itself. */
export type NatsLink = {
  readonly connection: NatsConnection;
  readonly name: string;
  readonly isUp: () => boolean;
  /** Calls `task` after each reconnect; returns a function to stop that. */
  onUp(task: () => void): () => void;
  close(): Promise<void>;
};

const maxReportedErrors = 20;

/**
 * After the first connection it reconnects forever. Throws `unreachable` if NATS does not answer in time, and at once
 * what waiting cannot change: `unreachable` for an untrusted certificate, `login-refused` for a rejected login or client
 * certificate, `usage` for an unusable file.
 */
export async function openNatsLink(options: NatsStoreOptions, logger: Logger): Promise<NatsLink> {
  const name = natsName(options);
  const connection = await connectNats(options, logger);
  let isUp = true;
  const tasks = new Set<() => void>();

  // NATS repeats an error with each attempt.
  const reported = new Set<string>();

  const follow = async (): Promise<void> => {
    for await (const status of connection.status()) {
      // The library reports a disconnect for each rejected attempt, and later a reconnect for each.
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
        reported.size < maxReportedErrors &&
        !reported.has(status.error.message)
      ) {
        reported.add(status.error.message);
        logger.warn({ nats: name, reason: status.error.message }, 'NATS reports an error');
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
