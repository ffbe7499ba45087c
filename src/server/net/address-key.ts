import { isIP } from 'node:net';

/**
 * What failures of an address are counted under: an IPv4 address as it is (also one mapped into IPv6), an IPv6
 * address by its /64, since whoever has one address of it usually has them all.
 */
export function addressKey(address: string): string {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return bare.slice(0, 64);
  const groups = ipv6Groups(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return groups.slice(6).flatMap(twoBytes).join('.');
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight numbers of an IPv6 address that `isIP` has checked. */
function ipv6Groups(address: string): number[] {
  // The URL parser writes the address in its one canonical form: hexadecimal, no dotted end, at most one `::`.
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
