import { BlockList, isIP } from 'node:net';
import { ChatError } from '../../shared/errors.js';

/** Addresses, each named itself or with its network. */
export type AddressRanges = { includes(address: string): boolean };

/** Bits of an address of each family. */
const bits = { 4: 32, 6: 128 } as const;

/**
 * Reads `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/64`, with commas between. Throws `usage`, also for a `/0`: it would
 * be everybody.
 */
export function parseAddressRanges(option: string, text: string): AddressRanges {
  const list = new BlockList();
  for (const range of text.split(',')) add(list, range.trim(), option);
  return {
    includes(address) {
      // A zone (`fe80::1%eth0`) says by which interface it came.
      const [bare = ''] = address.split('%');
      const family = isIP(bare);
      return family !== 0 && list.check(bare, family === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

function add(list: BlockList, range: string, option: string): void {
  const [, address = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const family = isIP(address);
  const most = family === 4 ? bits[4] : bits[6];
  const prefix = digits === undefined ? most : Number(digits);
  if (family === 0 || address.includes('%') || prefix > most) {
    throw new ChatError('usage', `${option}: "${range.slice(0, 100)}" is no address and no network`, {
      hint: 'Give addresses or networks with commas between, for instance 10.0.0.5,10.1.0.0/24.',
    });
  }
  if (prefix === 0) throw new ChatError('usage', `${option}: ${range} is everybody`);
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
}
