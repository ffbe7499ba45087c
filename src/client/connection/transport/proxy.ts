import { BlockList, isIP } from 'node:net';
import { ChatError } from '../../../shared/errors.js';
import { isLoopback, type Address } from '../address.js';

/** An HTTP proxy that supports CONNECT. */
export type Proxy = {
  readonly host: string;
  readonly port: number;
  /** Whether the connection to the proxy uses TLS. */
  readonly tls: boolean;
  /** `user:password`, if there is one. */
  readonly login: string | undefined;
  /** The environment variable that it comes from. */
  readonly variable: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const proxyVariables = [
  'grpc_proxy',
  'GRPC_PROXY',
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'HTTP_PROXY',
] as const;
const exceptionVariables = ['no_grpc_proxy', 'NO_GRPC_PROXY', 'no_proxy', 'NO_PROXY'] as const;

/**
 * The proxy for a server: the first of `proxyVariables` that is set, unless the server is on this machine or
 * listed in the first of `exceptionVariables` that is set. Throws `usage` for an invalid proxy.
 */
export function proxyFor(address: Address, env: Environment): Proxy | undefined {
  const variable = proxyVariables.find((name) => isUsable(name, env));
  if (variable === undefined || isLoopback(address.host)) return undefined;
  const exceptions = exceptionVariables.map((name) => env[name]).find(isSet) ?? '';
  const isException = exceptions.split(/[\s,]+/).some((entry) => entry !== '' && matches(entry, address));
  return isException ? undefined : parseProxy(env[variable] ?? '', variable);
}

/** A CGI program gets the request's `Proxy` header in `HTTP_PROXY`, which is not a setting of the user. */
function isUsable(name: string, env: Environment): boolean {
  return isSet(env[name]) && !(name === 'HTTP_PROXY' && isSet(env.REQUEST_METHOD));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

function parseProxy(text: string, variable: string): Proxy {
  const value = text.trim();
  try {
    const url = new URL(value.includes('://') ? value : `http://${value}`);
    const { protocol, hostname, port, username, password } = url;
    if (hostname === '' || !['http:', 'https:'].includes(protocol)) throw new TypeError('unsupported proxy');
    const tls = protocol === 'https:';
    const login = [username, password].map(decodeURIComponent).join(':');
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (tls ? 443 : 80) : Number(port),
      tls,
      login: login === ':' ? undefined : login,
      variable,
    };
  } catch (cause) {
    // The value is not shown: it may contain a password.
    throw new ChatError('usage', `${variable} does not name an HTTP proxy`, {
      hint: 'Set it to http://HOST:PORT or https://HOST:PORT, or add the server to no_proxy.',
      cause,
    });
  }
}

/**
 * Whether an entry of `no_proxy` matches the server: `*`, a domain, an IP address or a range, optionally with
 * a port.
 */
function matches(entry: string, { host, port }: Address): boolean {
  if (entry === '*') return true;
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  if (digits !== undefined && Number(digits) !== port) return false;
  const place = bracketed ?? (plain === '' ? entry : plain);
  if (isIP(host) !== 0) return isInRange(place, host);
  const domain = place
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  const name = host.toLowerCase().replace(/\.$/, '');
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`));
}

function isInRange(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/');
  const family = (ip: string) => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');
  if (isIP(network) === 0) return false;
  const list = new BlockList();
  try {
    if (prefix === undefined) list.addAddress(network, family(network));
    else list.addSubnet(network, Number(prefix), family(network));
  } catch {
    return false;
  }
  return list.check(address, family(address));
}
