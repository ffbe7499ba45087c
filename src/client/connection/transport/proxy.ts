import { BlockList, isIP } from 'node:net';
import { ChatError } from '../../../shared/errors.js';
import { isLoopback, type Address } from '../address.js';

/** An HTTP proxy that supports CONNECT. */
export type Proxy = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `user:password`. */
  readonly login: string | undefined;
  /** The environment variable that sets it. */
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

/** Only the first set variable of each list counts. A server on loopback needs no proxy. Throws `usage`. */
export function proxyFor(address: Address, env: Environment): Proxy | undefined {
  const variable = proxyVariables.find((name) => isUsable(name, env));
  if (variable === undefined || isLoopback(address.host)) return undefined;
  const exceptions = exceptionVariables.map((name) => env[name]).find(isSet) ?? '';
  const isException = exceptions.split(/[\s,]+/).some((entry) => entry !== '' && matches(entry, address));
  return isException ? undefined : parseProxy(env[variable] ?? '', variable);
}

/** In a CGI program `HTTP_PROXY` is the request's `Proxy` header, not a setting of the user. */
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
    // Without the value, which may contain a password.
    throw new ChatError('usage', `${variable} does not name an HTTP proxy`, {
      hint: 'Set it to http://HOST:PORT or https://HOST:PORT, or add the server to no_proxy.',
      cause,
    });
  }
}

/** `entry`: `*`, a domain, an IP address or a range, optionally with a port. */
function matches(entry: string, { host, port }: Address): boolean {
  if (entry === '*') return true;
  const [, bracketed, plain = '', digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  if (digits !== undefined && Number(digits) !== port) return false;
  const pattern = bracketed ?? (plain === '' ? entry : plain);
  if (isIP(host) !== 0) return isInRange(pattern, host);
  const domain = pattern
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
