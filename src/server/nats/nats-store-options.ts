import { ChatError } from '../../shared/errors.js';

/** How a server logs in to NATS. Secrets stand in files: an address shows in the list of processes. */
export type NatsLogin =
  | { readonly kind: 'none' }
  /** A credentials file, as `nsc` writes it. */
  | { readonly kind: 'credentials'; readonly file: string }
  | { readonly kind: 'password'; readonly user: string; readonly passwordFile: string };

/** The JetStream that several servers share. */
export type NatsStoreOptions = {
  /** `host:port`, tried in any order; the others of a cluster are learnt from it. */
  readonly servers: readonly string[];
  /** Undefined: plaintext, unless NATS asks for TLS. Files in PEM; undefined: the system's authorities, no certificate. */
  readonly tls:
    | undefined
    | {
        readonly ca: string | undefined;
        readonly certificate: string | undefined;
        readonly key: string | undefined;
      };
  readonly login: NatsLogin;
  /** The name of the stream that holds the messages. */
  readonly stream: string;
  /** On how many NATS servers each message is kept; undefined: 1 where the stream is made, any where it exists. */
  readonly replicas: number | undefined;
};

/** What may stand behind the `?`. */
const settings = ['stream', 'replicas', 'creds', 'user', 'password-file', 'ca', 'cert', 'key'] as const;
type Setting = (typeof settings)[number];

const defaultNatsPort = 4222;
const storeForm = /^(nats|tls):\/\/([^/?#]*)\/?(?:\?(.*))?$/i;
const hostForm = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;
/** Short, since it stands in subjects and in the names of buckets. */
const streamForm = /^[A-Za-z0-9_-]{1,32}$/;
const maxReplicas = 5;

export function isNatsStore(text: string): boolean {
  return /^(nats|tls):\/\//i.test(text);
}

/**
 * Reads `nats://HOST[:PORT][,HOST…][?stream=…&replicas=…&creds=…&user=…&password-file=…&ca=…&cert=…&key=…]`, or the
 * same with `tls://`. Throws `usage`, and never repeats a password that stands in it.
 */
export function parseNatsStore(text: string): NatsStoreOptions {
  const [, scheme = '', hosts = '', query = ''] = storeForm.exec(text) ?? [];
  if (hosts.includes('@')) {
    throw badStore('the address of NATS must not hold a user or password: others can see it', {
      hint: 'Use ?creds=FILE, or ?user=NAME&password-file=FILE.',
    });
  }
  const given = readSettings(query);
  const stream = given.get('stream') ?? 'CHAT';
  if (!streamForm.test(stream))
    throw badStore('a stream has a name of 1 to 32 characters of A-Z, a-z, 0-9, _ and -');
  return {
    servers: hosts.split(',').map(readHost),
    tls: readTls(scheme.toLowerCase() === 'tls', given),
    login: readLogin(given),
    stream,
    replicas: readReplicas(given.get('replicas')),
  };
}

/** The servers as a person would name them, for messages. */
export function natsName({ servers, tls }: Pick<NatsStoreOptions, 'servers' | 'tls'>): string {
  return `${tls ? 'tls' : 'nats'}://${servers.join(',')}`;
}

/** The servers' hosts without their ports, IPv6 addresses without brackets. */
export function natsHosts({ servers }: Pick<NatsStoreOptions, 'servers'>): string[] {
  return servers.map(natsHost);
}

/** The host of one server, without its port. */
export function natsHost(server: string): string {
  return server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

function readHost(text: string): string {
  const [, host, port = String(defaultNatsPort)] = hostForm.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw badStore(`"${text}" is no host of NATS`, {
      hint: 'Write nats://HOST, nats://HOST:4222 or nats://HOST,HOST,HOST.',
    });
  }
  return `${host}:${port}`;
}

function readSettings(query: string): ReadonlyMap<Setting, string> {
  const given = new Map<Setting, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const setting = settings.find((known) => known === name);
    if (setting === undefined || given.has(setting) || value === '') {
      throw badStore(`"${name}" is no setting of the store, is empty or stands there twice`, {
        hint: `There are ${settings.join(', ')}.`,
      });
    }
    given.set(setting, value);
  }
  return given;
}

function readTls(isAsked: boolean, given: ReadonlyMap<Setting, string>): NatsStoreOptions['tls'] {
  const [ca, certificate, key] = [given.get('ca'), given.get('cert'), given.get('key')];
  if ((certificate === undefined) !== (key === undefined))
    throw badStore('cert and key of the store go together');
  if (!isAsked && ca === undefined && certificate === undefined) return undefined;
  if (!isAsked) throw badStore('ca, cert and key need TLS', { hint: 'Write tls:// in place of nats://.' });
  return { ca, certificate, key };
}

function readLogin(given: ReadonlyMap<Setting, string>): NatsLogin {
  const [file, user, passwordFile] = [given.get('creds'), given.get('user'), given.get('password-file')];
  if ((user === undefined) !== (passwordFile === undefined)) {
    throw badStore('user and password-file of the store go together');
  }
  if (file !== undefined && user !== undefined) throw badStore('the store takes creds or user, not both');
  if (file !== undefined) return { kind: 'credentials', file };
  if (user !== undefined && passwordFile !== undefined) return { kind: 'password', user, passwordFile };
  return { kind: 'none' };
}

function readReplicas(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const replicas = /^\d$/.test(text) ? Number(text) : 0;
  if (replicas < 1 || replicas > maxReplicas) throw badStore(`replicas of the store are 1 to ${maxReplicas}`);
  return replicas;
}

function badStore(message: string, details: { hint?: string } = {}): ChatError {
  return new ChatError('usage', `--store: ${message}`, details);
}
