import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import { thrownMessage } from '../../shared/thrown-message.js';
import { openJetStreamLog } from '../logs/jetstream/jetstream-log.js';
import type { StreamReports } from '../logs/jetstream/stream-watch.js';
import { isLoopback } from '../net/loopback.js';
import type { ServerOptions } from './server-options.js';
import type { Store } from './store.js';
import { openAccountBucket } from '../nats/account-bucket.js';
import { openNatsLink } from '../nats/nats-link.js';
import { usersAddedInStream } from '../nats/users-added-in-stream.js';
import { natsHosts, type NatsStoreOptions } from '../nats/nats-store-options.js';
import { createSharedPresence } from '../nats/shared-presence.js';

/** Opens the store that servers of one room share in NATS. Throws `unreachable`, `login-refused` or `usage`. */
export async function openNatsStore(
  store: NatsStoreOptions,
  { keep, limits, logger }: Pick<ServerOptions, 'keep' | 'limits' | 'logger'>,
  clock: Clock,
): Promise<Store> {
  const link = await openNatsLink(store, logger);
  try {
    const accounts = await openAccountBucket(link, store);
    const maxContentBytes = Math.max(limits.maxTextBytes, limits.maxImageBytes);
    const requirements = { name: store.stream, replicas: store.replicas, keep, maxContentBytes };
    return {
      accounts,
      usersAdded: usersAddedInStream(link, store.stream),
      warnings: warningsAbout(store),
      openLog: () => openJetStreamLog({ link, requirements, clock, reports: reportsTo(logger) }),
      openPresence: ({ logId }) => createSharedPresence(link, logId, logger),
      close: () => link.close(),
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

function warningsAbout(store: NatsStoreOptions): string[] {
  const far = natsHosts(store).find((host) => !isLoopback(host));
  if (store.tls || far === undefined) return [];
  return [
    `Messages and password hashes cross the network to NATS on ${far} unencrypted: use --store tls://….`,
  ];
}

function reportsTo(logger: Logger): StreamReports {
  return {
    onUnwritable: (error) =>
      logger.error(
        { reason: thrownMessage(error) },
        'messages cannot be stored in NATS: sending is refused for now',
      ),
    onWritable: () => logger.info('messages can be stored in NATS again'),
    onNotErased: (error) =>
      logger.error(
        { reason: thrownMessage(error) },
        'deleted messages could not be erased in NATS: trying again',
      ),
    onReplaced: (stream) =>
      logger.fatal(
        { stream },
        'the NATS stream was deleted, created again or lost messages: sending is refused until this server is started again',
      ),
  };
}
