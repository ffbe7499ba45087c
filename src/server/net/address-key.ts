import { isIP } from 'node:net';

/** Limits count an IPv4 address (also one mapped into IPv6) by itself, IPv6 by /64, which mostly has one owner. */
export function addressKey(address: string): string {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return bare.slice(0, 64);
  const groups = ipv6Groups(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return groups.slice(6).flatMap(twoBytes).join('.');
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

function ipv6Groups(address: string): number[] {
  // The URL parser returns the canonical form: hexadecimal, no dotted end, at most one `::`.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = canonical.split('::');
  const left = numbers(head);
  const right = numbers(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function numbers(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => parseInt(group, 16));
}

function twoBytes(group: number): number[] {
  return [group >> 8, group & 0xff];
}
