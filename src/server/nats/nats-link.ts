import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
  type NatsConnection,
  type TlsOptions,
} from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import { natsHosts, natsName, type NatsLogin, type NatsStoreOptions } from './nats-store-options.js';

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

/** How long starting may wait for NATS, in milliseconds: enough for machines that start together. */
export const natsStartTime = 10_000;

const attemptTime = 2000;
/** Between attempts, so that a NATS that restarts is not stormed. */
const retryTime = 250;
/** A dead link is found after two of these without an answer. */
const pingInterval = 4000;

/**
 * Connects within `natsStartTime`. Throws `unreachable` where no NATS answers, `login-refused` where it wants another
 * login, or `usage` where a file that the options name cannot be read. Later it tries to come back for ever.
 */
export async function connectNats(options: NatsStoreOptions, logger: Logger): Promise<NatsLink> {
  const name = natsName(options);
  const connection = await firstConnection(await connectionOptions(options), name);
  let isUp = true;
  const tasks = new Set<() => void>();

  const follow = async (): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        isUp = false;
        logger.warn({ nats: name }, 'NATS is away: sending is refused until it is back');
      } else if (type === 'reconnect') {
        isUp = true;
        logger.info({ nats: connection.getServer() }, 'NATS is back');
        for (const task of tasks) task();
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

type ConnectOptions = NonNullable<Parameters<typeof connect>[0]>;

async function connectionOptions({ servers, tls, login }: NatsStoreOptions): Promise<ConnectOptions> {
  const authenticator = await readLogin(login);
  return {
    name: 'chat',
    servers: [...servers],
    timeout: attemptTime,
    maxReconnectAttempts: -1,
    // A password that NATS no longer takes is set right on its side or ours; until then we go on trying.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: retryTime,
    reconnectJitter: retryTime,
    reconnectJitterTLS: retryTime,
    pingInterval,
    maxPingOut: 2,
    // Keeping where each request came from costs more than the request.
    noAsyncTraces: true,
    ...(authenticator && { authenticator }),
    ...(tls && { tls: tlsSettings(tls, servers) }),
  };
}

/** What TLS takes besides the library's own settings. */
type TlsSettings = TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'>;

function tlsSettings(
  { ca, certificate, key }: NonNullable<NatsStoreOptions['tls']>,
  servers: readonly string[],
): TlsSettings {
  const hosts = natsHosts({ servers });
  return {
    ...(ca !== undefined && { caFile: ca }),
    ...(certificate !== undefined && { certFile: certificate }),
    ...(key !== undefined && { keyFile: key }),
    // The library names no host where that is an IP address: the certificate must be for one of those given.
    checkServerIdentity(_, peer) {
      const [first, ...others] = hosts.map((host) => checkServerIdentity(host, peer));
      return others.includes(undefined) ? undefined : first;
    },
  };
}

async function readLogin(login: NatsLogin): Promise<Authenticator | undefined> {
  if (login.kind === 'none') return undefined;
  if (login.kind === 'credentials') return credsAuthenticator(await readSecret(login.file));
  const password = Buffer.from(await readSecret(login.passwordFile)).toString('utf8');
  return usernamePasswordAuthenticator(login.user, password.split(/\r?\n/, 1)[0]);
}

async function readSecret(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ChatError('usage', `cannot read ${path} to log in to NATS (${errorCode(error)})`, {
      cause: error,
    });
  }
}

async function firstConnection(options: ConnectOptions, name: string): Promise<NatsConnection> {
  const deadline = performance.now() + natsStartTime;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (isRefusedLogin(error)) {
        throw new ChatError('login-refused', `NATS at ${name} refused the login`, {
          hint: 'Name a credentials file: --store nats://HOST?creds=FILE.',
          cause: error,
        });
      }
      if (performance.now() > deadline) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ChatError('unreachable', `NATS does not answer at ${name}: ${reason}`, {
          hint: 'Start nats-server, or correct --store.',
          cause: error,
        });
      }
      await wait(retryTime);
    }
  }
}

/** The library wraps what each server said. */
function isRefusedLogin(error: unknown): boolean {
  if (error instanceof AuthorizationError) return true;
  if (!(error instanceof Error)) return false;
  return /authorization violation/i.test(error.message) || isRefusedLogin(error.cause);
}
