import type { RunningServer, ServerOptions } from '../../../server/app/server-options.js';
import { isLoopback } from '../../../server/net/loopback.js';
import { defaultPort } from '../../../shared/services.js';

/** A running server and how it was started. */
export type Started = Pick<RunningServer, 'port' | 'users'> &
  Pick<ServerOptions, 'host' | 'dataDirectory' | 'store' | 'tls'> & {
    /** The directory of `--data` and the value of `--store`, as given. */
    readonly given: { readonly data?: string; readonly store: string };
    /** The name of this machine. */
    readonly hostName: string;
  };

/** Tells whoever started a server on a terminal where its data is, who can log in, and how to join and stop. */
export function startNotes(started: Started): string[] {
  return [
    `  data    ${dataText(started)}`,
    `  log in  ${loginText(started)}`,
    `  join    chat connect ${addressText(started)} --user ${started.users === 'demo' ? 'user1' : 'NAME'}`,
    '  stop    Ctrl+C',
  ];
}

function dataText({ store, dataDirectory }: Started): string {
  if (store === 'memory') return 'in memory: lost when the server stops';
  if (store === 'embedded') return dataDirectory ?? '';
  return `stream ${store.stream} in NATS at ${store.servers.join(', ')}`;
}

function loginText({ users, store, given }: Started): string {
  if (users === 'demo' && store === 'memory') return 'as user1 to user5, password qwerty';
  const place = given.data !== undefined ? ` --data ${quoted(given.data)}` : storePlace(store, given.store);
  const add = `chat users add NAME${place}`;
  if (users === 'demo') return `as user1 to user5, password qwerty, until you add users: ${add}`;
  if (users === 0) return `nobody yet; add a user: ${add}`;
  return `${users === 1 ? '1 user has an account' : `${users} users have accounts`}; add another: ${add}`;
}

function storePlace(store: Started['store'], given: string): string {
  return typeof store === 'object' ? ` --store ${quoted(given)}` : '';
}

/** What a client needs: an address without a scheme is plaintext on loopback and TLS elsewhere. */
function addressText({ host, port, tls, hostName }: Started): string {
  const isWildcard = host === '0.0.0.0' || /^[0:]+$/.test(host);
  const name = isWildcard ? hostName : host.includes(':') ? `[${host}]` : host;
  const isLocal = !isWildcard && isLoopback(host);
  const isSecure = tls.kind !== 'none';
  const scheme = isLocal === isSecure ? (isSecure ? 'https://' : 'http://') : '';
  return `${scheme}${name}${port === defaultPort ? '' : `:${port}`}`;
}

/** A word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
