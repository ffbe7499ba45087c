import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { systemClock, type Clock } from '../../shared/clock.js';
import { plaintextTransport, tlsTransport } from '../net/transport.js';
import { emptySnapshot, type AccountsSnapshot } from '../accounts/accounts-snapshot.js';
import type { AccountStore } from '../accounts/account-store.js';
import { createAuthenticator } from '../accounts/create-authenticator.js';
import { readNotedAccounts, withUsersAddedNote } from '../accounts/users-added.js';
import { openDataDirectory } from '../files/data-directory.js';
import { listen } from '../net/listen.js';
import { acceptProxied } from '../net/proxied-connections.js';
import { serveMetrics } from '../metrics/metrics-endpoint.js';
import { openFoldedLog, type RoomStateReports } from '../rooms/open-folded-log.js';
import { createReadMarks, shareMarks } from '../rooms/read-marks.js';
import { openStore } from './open-store.js';
import { createChatServer } from './create-server.js';
import type { RunningServer, ServerOptions } from './server-options.js';
import { checkStart } from './start-policy.js';
import type { Store, StoredLog } from './store.js';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import { selfSignedCertificate } from '../tls/self-signed.js';
import { loadCertificate, type ServerCertificate } from '../tls/certificate.js';

/** Short, since everything that the log acknowledged is on disk. */
const logCloseTimeoutMs = 1000;

/** Resolves when the server accepts calls. Throws `usage`, `data-directory`, `address-in-use`, or as `openStore`. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  // grpc-js prints header values that it cannot read to stderr, passwords among them.
  setLogVerbosity(logVerbosity.NONE);
  const opened: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const server = await start(options, opened);
    let stopped: Promise<void> | undefined;
    return { ...server, stop: () => (stopped ??= closeAll()) };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  options: ServerOptions,
  opened: (() => unknown)[],
): Promise<Omit<RunningServer, 'stop'>> {
  const { host, port, dataDirectory, metricsPort, logger, clock = systemClock } = options;

  const store = await openStore(options, clock);
  opened.push(() => store.close());
  const known = await accountsOf(store);
  const decision = checkStart({ ...options, accounts: known });
  const directory = dataDirectory === undefined ? undefined : await openDataDirectory(dataDirectory);
  const certificate = await readCertificate(options, clock);
  const stored = await store.openLog(directory);
  let close = (): Promise<void> => stored.close();
  opened.push(() => raceTimeout(logCloseTimeoutMs, close(), clock));
  const log = await openFoldedLog({
    log: stored,
    state: stored.roomState,
    clock,
    reports: roomStateReports(logger),
  });
  close = () => log.close();
  const marks = createReadMarks({
    store: stored.accountState,
    clock,
    onNotSaved: (err) => logger.warn({ err }, 'what users have read cannot be saved: tried again'),
  });
  const presence = store.openPresence(log);
  opened.push(() => presence.close());
  const stopSharing = shareMarks(marks, presence.peers, clock);
  opened.push(async () => {
    await marks.close();
    stopSharing();
  });
  const accounts = await createAuthenticator(
    {
      store: notedAccounts(store, stored, logger),
      demoUsers: decision.demoUsers,
      clock,
      logger,
    },
    options.hashing,
  );
  opened.push(() => accounts.close());
  const chat = createChatServer(options, { log, accounts, presence, peers: presence.peers, marks, clock });
  opened.push(() => chat.close());

  const serve = (socket: Socket): void => chat.serve(socket);
  const transport = certificate ? tlsTransport(certificate, serve) : plaintextTransport(serve);
  const accept = (socket: Socket, address?: string): void => {
    if (chat.accept(socket, address)) transport.accept(socket);
  };
  const proxied = acceptProxied({
    from: options.proxies,
    maxWithoutHeader: options.maxConnections,
    clock,
    onConnection: accept,
    onRefused: (address) => chat.proxyHeaderMissing(address),
  });
  opened.push(() => proxied.close());
  const listener = await listen(host, port, {
    onConnection: (socket) => proxied.accept(socket),
    onAcceptFailed: (error) => chat.acceptFailed(error),
  });
  opened.push(() => listener.close());
  const metrics = metricsPort === undefined ? undefined : await serveMetrics(chat.metrics, metricsPort);
  if (metrics) opened.push(() => metrics.close());

  return {
    port: listener.port,
    metricsPort: metrics?.port,
    fingerprint: certificate?.fingerprint,
    users: decision.demoUsers ? 'demo' : known.accounts.length,
    warnings: [...decision.warnings, ...store.warnings, ...(certificate?.warnings ?? [])],
    async reloadCertificates() {
      try {
        const newer = await readCertificate(options, clock);
        if (!newer) return;
        transport.replaceCertificate(newer);
        logger.info({ fingerprint: newer.fingerprint }, 'the certificate was read again');
      } catch (error) {
        logger.error({ err: error }, 'the certificate cannot be read: the old one stays');
      }
    },
  };
}

async function accountsOf({ accounts, usersAdded }: Store): Promise<AccountsSnapshot> {
  if (!accounts) return emptySnapshot;
  return usersAdded ? readNotedAccounts(accounts, usersAdded) : accounts.read();
}

/** With every note that users were added, so that no single loss brings the demo users back. */
function notedAccounts(store: Store, log: StoredLog, logger: Logger): AccountStore | undefined {
  let { accounts } = store;
  for (const note of [store.usersAdded, log.usersAdded]) {
    accounts &&= note
      ? withUsersAddedNote(accounts, note, (err) =>
          logger.warn({ err }, 'it cannot be noted that users were added: tried again at their next change'),
        )
      : accounts;
  }
  return accounts;
}

function roomStateReports(logger: Logger): RoomStateReports {
  return {
    onUnusable: (err) =>
      logger.error({ err }, 'the saved state of the rooms is damaged: it is made again from the messages'),
    onNotSaved: (err) => logger.warn({ err }, 'the state of the rooms cannot be saved: tried again'),
    onNotRead: (err) => logger.error({ err }, 'the message log cannot be read: tried again every second'),
  };
}

async function readCertificate(
  { tls, host, dataDirectory }: Pick<ServerOptions, 'tls' | 'host' | 'dataDirectory'>,
  clock: Clock,
): Promise<ServerCertificate | undefined> {
  if (tls.kind === 'none') return undefined;
  if (tls.kind === 'files') return loadCertificate(tls, clock.now());
  return selfSignedCertificate(dataDirectory, host, clock.now());
}
