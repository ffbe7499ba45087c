import { isIPv4, isIPv6 } from 'node:net';

/** HAProxy's PROXY protocol, version 1 (text) or 2: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt */
type ProxyHeader = {
  readonly length: number;
  /** The client's address; undefined: the load balancer's own connection, or unknown. */
  readonly source: string | undefined;
};

/** The result for the first bytes of a connection. */
export type ProxyReading = ProxyHeader | 'incomplete' | 'invalid';

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const textStart = Buffer.from('PROXY ', 'latin1');

/** Section 2.1, the line end included. */
const maxTextHeaderBytes = 107;

/** Signature, version and command, family, length. */
const fixedBytes = 16;

/** Addresses take 36 bytes, the rest are extras (TLV) that are ignored. The protocol allows 65,535. */
const maxRestBytes = 4096;

export const maxProxyHeaderBytes = fixedBytes + maxRestBytes;

export function readProxyHeader(bytes: Buffer): ProxyReading {
  if (beginsLike(bytes, signature)) return bytes.length < fixedBytes ? 'incomplete' : readBinary(bytes);
  return beginsLike(bytes, textStart) ? readText(bytes) : 'invalid';
}

function beginsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readText(bytes: Buffer): ProxyReading {
  const head = bytes.subarray(0, maxTextHeaderBytes);
  const end = head.indexOf('\r\n');
  if (end < 0) return head.length < maxTextHeaderBytes ? 'incomplete' : 'invalid';
  const [, family, source = '', target = '', ...ports] = head.toString('latin1', 0, end).split(' ');
  const length = end + 2;
  // The protocol says to ignore the rest of the line.
  if (family === 'UNKNOWN') return { length, source: undefined };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isPlainIpv6 : undefined;
  const isWhole = ports.length === 2 && ports.every(isPort);
  return isWhole && isAddress?.(source) && isAddress(target) ? { length, source } : 'invalid';
}

function isPlainIpv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readBinary(bytes: Buffer): ProxyReading {
  const command = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const rest = bytes.readUInt16BE(14);
  const length = fixedBytes + rest;
  const isLocal = command === 0x20;
  if ((!isLocal && command !== 0x21) || rest > maxRestBytes) return 'invalid';
  const size = isLocal ? 0 : addressBytes.get(family);
  if (size === undefined || rest < size) return 'invalid';
  if (bytes.length < length) return 'incomplete';
  if (isLocal) return { length, source: undefined };
  const addresses = bytes.subarray(fixedBytes);
  if (family === tcp4) return { length, source: addresses.subarray(0, 4).join('.') };
  if (family === tcp6) return { length, source: ipv6Text(addresses) };
  return { length, source: undefined };
}

const tcp4 = 0x11;
const tcp6 = 0x21;

/** By family; without datagrams, which are no connections. */
const addressBytes: ReadonlyMap<number, number> = new Map([
  // Unspecified, and Unix sockets: without a client address.
  [0x00, 0],
  [0x31, 216],
  [tcp4, 12],
  [tcp6, 36],
]);

function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}
