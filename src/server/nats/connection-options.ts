import { readFile, stat } from 'node:fs/promises';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import {
  credsAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
  type connect,
  type TlsOptions,
} from '@nats-io/transport-node';
import { errorCode } from '../../shared/error-code.js';
import { withoutByteOrderMark } from '../../shared/byte-order-mark.js';
import { ChatError } from '../../shared/errors.js';
import { refuseExposedSecret } from '../files/secret-file.js';
import { natsHosts, type NatsLogin, type NatsStoreOptions } from './nats-store-options.js';

const attemptTimeoutMs = 2000;
/** Pauses so that many clients do not overload a NATS that restarts. */
const retryDelayMs = 250;
/** A dead connection is detected after two unanswered pings. */
const pingIntervalMs = 4000;

type ConnectOptions = NonNullable<Parameters<typeof connect>[0]>;

/** Throws `usage` if a file that the options name cannot be used. */
export async function connectionOptions({ servers, tls, login }: NatsStoreOptions): Promise<ConnectOptions> {
  const authenticator = await readLogin(login);
  // The library reads them at each connect, so that they can be renewed; a missing file should be reported now.
  for (const file of [tls?.ca, tls?.certificate]) if (file !== undefined) await readOwn(file);
  if (tls?.key !== undefined) await readSecret(tls.key);
  return {
    name: 'chat',
    servers: [...servers],
    timeout: attemptTimeoutMs,
    maxReconnectAttempts: -1,
    // A password that NATS no longer accepts may be corrected on either side; until then, keep trying.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: retryDelayMs,
    reconnectJitter: retryDelayMs,
    reconnectJitterTLS: retryDelayMs,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
    // Recording a stack trace for each request costs more than the request.
    noAsyncTraces: true,
    ...(authenticator && { authenticator }),
    ...(tls && { tls: tlsSettings(tls, servers) }),
  };
}

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
    // The library passes no host if it is an IP address: the certificate must be for one of the configured hosts.
    checkServerIdentity(_, peer) {
      const [first, ...others] = hosts.map((host) => checkServerIdentity(host, peer));
      return others.includes(undefined) ? undefined : first;
    },
  };
}

async function readLogin(login: NatsLogin): Promise<Authenticator | undefined> {
  if (login.kind === 'none') return undefined;
  if (login.kind === 'credentials') return readCredentials(login.file);
  const password = Buffer.from(await readSecret(login.passwordFile)).toString('utf8');
  return usernamePasswordAuthenticator(login.user, password.split(/\r?\n/, 1)[0]);
}

async function readCredentials(file: string): Promise<Authenticator> {
  const authenticator = credsAuthenticator(await readSecret(file));
  try {
    // It reads the file only when NATS asks for a signature; an invalid file should be reported now.
    authenticator('nonce');
  } catch (error) {
    throw new ChatError('usage', `${file} is not a NATS credentials file`, {
      hint: 'Create one with nsc generate creds.',
      cause: error,
    });
  }
  return authenticator;
}

async function readSecret(path: string): Promise<Uint8Array> {
  const bytes = await readOwn(path);
  await refuseExposedSecret(path, await stat(path));
  return bytes;
}

async function readOwn(path: string): Promise<Uint8Array> {
  try {
    return withoutByteOrderMark(await readFile(path));
  } catch (error) {
    throw new ChatError('usage', `cannot read ${path} for NATS (${errorCode(error)})`, {
      cause: error,
    });
  }
}
