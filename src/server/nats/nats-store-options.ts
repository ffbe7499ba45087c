import { ChatError } from '../../shared/errors.js';

/** How a server logs in to NATS. Secrets are in files, since the list of processes shows the command line. */
export type NatsLogin =
  | { readonly kind: 'none' }
  | { readonly kind: 'credentials'; readonly file: string }
  | { readonly kind: 'password'; readonly user: string; readonly passwordFile: string };

/** The JetStream store that several servers share. */
export type NatsStoreOptions = {
  /** `host:port`, tried in any order; the library learns the other servers of a cluster from them. */
  readonly servers: readonly string[];
  /** Files in PEM. Undefined: plaintext unless NATS requires TLS, the system's authorities, no client certificate. */
  readonly tls:
    | undefined
    | {
        readonly ca: string | undefined;
        readonly certificate: string | undefined;
        readonly key: string | undefined;
      };
  readonly login: NatsLogin;
  readonly stream: string;
  /** On how many NATS servers each message is kept; undefined: 1 if the stream is created, any number if it exists. */
  readonly replicas: number | undefined;
};

const settings = ['stream', 'replicas', 'creds', 'user', 'password-file', 'ca', 'cert', 'key'] as const;
type Setting = (typeof settings)[number];

const defaultNatsPort = 4222;
const storeForm = /^(nats|tls):\/\/([^/?#]*)\/?(?:\?(.*))?$/i;
const hostForm = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;
/** Short, since it is part of subjects and bucket names. */
const streamForm = /^[A-Za-z0-9_-]{1,32}$/;
const maxReplicas = 5;

export function isNatsStore(text: string): boolean {
  return /^(nats|tls):\/\//i.test(text);
}

/** Parses an address like `nats://HOST,HOST:PORT?stream=NAME`. Throws `usage`, and never repeats a password. */
export function parseNatsStore(text: string): NatsStoreOptions {
  const [, scheme = '', hosts = '', query = ''] = storeForm.exec(text) ?? [];
  if (hosts.includes('@')) {
    throw badStore('the address of NATS must not contain a user or password: others can see it', {
      hint: 'Use ?creds=FILE, or ?user=NAME&password-file=FILE.',
    });
  }
  const given = readSettings(query);
  const stream = given.get('stream') ?? 'CHAT';
  if (!streamForm.test(stream))
    throw badStore('the name of a stream must have 1 to 32 characters of A-Z, a-z, 0-9, _ and -');
  return {
    servers: hosts.split(',').map(readHost),
    tls: readTls(scheme.toLowerCase() === 'tls', given),
    login: readLogin(given),
    stream,
    replicas: readReplicas(given.get('replicas')),
  };
}

export function natsName({ servers, tls }: Pick<NatsStoreOptions, 'servers' | 'tls'>): string {
  return `${tls ? 'tls' : 'nats'}://${servers.join(',')}`;
}

export function natsHosts({ servers }: Pick<NatsStoreOptions, 'servers'>): string[] {
  return servers.map(natsHost);
}

export function natsHost(server: string): string {
  return server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

function readHost(text: string): string {
  const [, host, port = String(defaultNatsPort)] = hostForm.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw badStore(`"${text}" is not a NATS host`, {
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
      throw badStore(`"${name}" is not a setting of the store, is empty or appears twice`, {
        hint: `The settings are ${settings.join(', ')}.`,
      });
    }
    given.set(setting, value);
  }
  return given;
}

function readTls(isAsked: boolean, given: ReadonlyMap<Setting, string>): NatsStoreOptions['tls'] {
  const [ca, certificate, key] = [given.get('ca'), given.get('cert'), given.get('key')];
  if ((certificate === undefined) !== (key === undefined))
    throw badStore('cert and key must be given together');
  if (!isAsked && ca === undefined && certificate === undefined) return undefined;
  if (!isAsked) throw badStore('ca, cert and key need TLS', { hint: 'Write tls:// instead of nats://.' });
  return { ca, certificate, key };
}

function readLogin(given: ReadonlyMap<Setting, string>): NatsLogin {
  const [file, user, passwordFile] = [given.get('creds'), given.get('user'), given.get('password-file')];
  if ((user === undefined) !== (passwordFile === undefined)) {
    throw badStore('user and password-file must be given together');
  }
  if (file !== undefined && user !== undefined) throw badStore('creds and user cannot both be given');
  if (file !== undefined) return { kind: 'credentials', file };
  if (user !== undefined && passwordFile !== undefined) return { kind: 'password', user, passwordFile };
  return { kind: 'none' };
}

function readReplicas(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const replicas = /^\d$/.test(text) ? Number(text) : 0;
  if (replicas < 1 || replicas > maxReplicas) throw badStore(`replicas must be 1 to ${maxReplicas}`);
  return replicas;
}

function badStore(message: string, details: { hint?: string } = {}): ChatError {
  return new ChatError('usage', `--store: ${message}`, details);
}
