import { BlockList, isIP } from 'node:net';
import { ChatError } from '../../shared/errors.js';

/** Single addresses and networks. */
export type AddressRanges = { includes(address: string): boolean };

const addressBits = { 4: 32, 6: 128 } as const;

/** Parses a comma-separated list. Throws `usage`, also for a `/0`, which would be every address. */
export function parseAddressRanges(option: string, text: string): AddressRanges {
  const list = new BlockList();
  for (const range of text.split(',')) add(list, range.trim(), option);
  return {
    includes(address) {
      // A zone (`fe80::1%eth0`) names the interface.
      const [bare = ''] = address.split('%');
      const family = isIP(bare);
      return family !== 0 && list.check(bare, family === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

function add(list: BlockList, range: string, option: string): void {
  const [, address = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const family = isIP(address);
  const maxPrefix = family === 4 ? addressBits[4] : addressBits[6];
  const prefix = digits === undefined ? maxPrefix : Number(digits);
  if (family === 0 || address.includes('%') || prefix > maxPrefix) {
    throw new ChatError('usage', `${option}: "${range.slice(0, 100)}" is neither an address nor a network`, {
      hint: 'Give addresses or networks with commas between, for instance 10.0.0.5,10.1.0.0/24.',
    });
  }
  if (prefix === 0) throw new ChatError('usage', `${option}: ${range} is every address`);
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
}
