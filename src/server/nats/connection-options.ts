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
/** Between attempts, so that a NATS that restarts is not stormed. */
const retryDelayMs = 250;
/** A dead link is found after two of these without an answer. */
const pingInterval = 4000;

type ConnectOptions = NonNullable<Parameters<typeof connect>[0]>;

/** What the library connects with. Throws `usage` where a file that is named is of no use. */
export async function connectionOptions({ servers, tls, login }: NatsStoreOptions): Promise<ConnectOptions> {
  const authenticator = await readLogin(login);
  // The library reads them each time it connects, so they can be renewed; what is missing shows now.
  for (const file of [tls?.ca, tls?.certificate]) if (file !== undefined) await readOwn(file);
  if (tls?.key !== undefined) await readSecret(tls.key);
  return {
    name: 'chat',
    servers: [...servers],
    timeout: attemptTimeoutMs,
    maxReconnectAttempts: -1,
    // A password that NATS no longer takes is set right on its side or ours; until then we continue trying.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: retryDelayMs,
    reconnectJitter: retryDelayMs,
    reconnectJitterTLS: retryDelayMs,
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
  if (login.kind === 'credentials') return readCredentials(login.file);
  const password = Buffer.from(await readSecret(login.passwordFile)).toString('utf8');
  return usernamePasswordAuthenticator(login.user, password.split(/\r?\n/, 1)[0]);
}

async function readCredentials(file: string): Promise<Authenticator> {
  const authenticator = credsAuthenticator(await readSecret(file));
  try {
    // It reads the file only when NATS wants an answer: what it cannot read shows now.
    authenticator('nonce');
  } catch (error) {
    throw new ChatError('usage', `${file} is no credentials file of NATS`, {
      hint: 'nsc generate creds writes one.',
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
