import { isIP, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { ChatError } from '../../shared/errors.js';
import { defaultPort } from '../../shared/services.js';

/** The address of a server. */
export type Address = {
  readonly text: string;
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
};

export const defaultAddress = `localhost:${defaultPort}`;

const hostName = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?$/i;
const parts = /^(?:(https?):\/\/)?(?:\[([^\]]*)\]|([^[\]/:]*))(?::(\d{1,5}))?\/?$/i;

/** Without `http://` or `https://`, an address on loopback is plaintext and all others use TLS. Throws `usage`. */
export function parseAddress(text: string): Address {
  // An IPv6 address without brackets contains colons.
  const match = isIPv6(text) ? parts.exec(`[${text}]`) : parts.exec(text);
  if (!match) throw notAnAddress(text);
  const [, scheme, bracketed, plain, digits] = match;
  if (bracketed?.includes('%')) throw hasZone(bracketed);
  const host = bracketed ?? toAscii(plain ?? '');
  const port = digits === undefined ? defaultPort : Number(digits);
  const isHost = bracketed === undefined ? isHostName(host) : isIPv6(host);
  if (!isHost || port < 1 || port > 65_535) throw notAnAddress(text);
  return { text, host, port, tls: scheme ? scheme.toLowerCase() === 'https' : !isLoopback(host) };
}

export function hostAndPort({ host, port }: Pick<Address, 'host' | 'port'>): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Without a lookup: names under `localhost` are this machine (RFC 6761). */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost');
}

/** Empty if the name is invalid. */
function toAscii(host: string): string {
  return /^[\0-\x7f]*$/.test(host) ? host : domainToASCII(host);
}

/** Digits and dots must be a complete IPv4 address: `1.2.3` is a mistake. */
function isHostName(host: string): boolean {
  return /^[\d.]+$/.test(host) ? isIP(host) === 4 : hostName.test(host);
}

function hasZone(host: string): ChatError {
  return new ChatError(
    'usage',
    `"${host.slice(0, 100)}" has a zone, and gRPC cannot connect to an address with one`,
    {
      hint: "Give the server's name, or an address without %.",
    },
  );
}

function notAnAddress(text: string): ChatError {
  return new ChatError('usage', `"${text.slice(0, 100)}" is not an address`, {
    hint: `Give host, host:port, http://host:port or https://host:port, for instance ${defaultAddress}.`,
  });
}

/** The addresses of one room's servers. */
export type AddressList = readonly [Address, ...Address[]];

const maxAddresses = 16;

/** Parses a comma-separated list. Throws `usage`. */
export function parseAddresses(text: string): AddressList {
  const [first, ...others] = text.split(',').map((part) => parsePart(part.trim(), text));
  if (!first) throw new Error('a split text has a first part');
  const addresses: AddressList = [first, ...others];
  if (addresses.length > maxAddresses) {
    throw new ChatError('usage', `${addresses.length} addresses: a list has ${maxAddresses} at most`);
  }
  const duplicate = addresses.find((address, index) => addresses.findIndex(isSameServer(address)) < index);
  if (duplicate) throw new ChatError('usage', `${hostAndPort(duplicate)} is in the list of addresses twice`);
  return addresses;
}

export function addressesText(addresses: AddressList): string {
  return addresses.map(({ text }) => text).join(',');
}

function parsePart(part: string, whole: string): Address {
  if (part !== '' || whole.trim() === '') return parseAddress(part);
  throw new ChatError('usage', `an address is missing in "${whole.slice(0, 100)}"`, {
    hint: `Put one comma between two addresses, for instance ${defaultAddress},localhost:65003.`,
  });
}

function isSameServer(address: Address): (other: Address) => boolean {
  const name = hostAndPort(address).toLowerCase();
  return (other) => hostAndPort(other).toLowerCase() === name;
}
