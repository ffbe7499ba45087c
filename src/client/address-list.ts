import { ChatError } from '../shared/errors.js';
import { defaultAddress, hostAndPort, parseAddress, type Address } from './address.js';

/** The servers of one room, at least one. */
export type AddressList = readonly [Address, ...Address[]];

/** More servers than one room has: a longer list is a mistake. */
const mostAddresses = 16;

/** Reads an address, or several with commas between them: the servers of one room. Throws `usage`. */
export function parseAddresses(text: string): AddressList {
  const [first, ...others] = text.split(',').map((part) => parsePart(part.trim(), text));
  if (!first) throw new Error('a split text has a first part');
  const addresses: AddressList = [first, ...others];
  if (addresses.length > mostAddresses) {
    throw new ChatError('usage', `${addresses.length} addresses: a list has ${mostAddresses} at most`);
  }
  const twice = addresses.find((address, index) => addresses.findIndex(isSamePlace(address)) < index);
  if (twice) throw new ChatError('usage', `${hostAndPort(twice)} stands in the list of addresses twice`);
  return addresses;
}

/** The list as it was given. */
export function addressesText(addresses: AddressList): string {
  return addresses.map(({ text }) => text).join(',');
}

function parsePart(part: string, whole: string): Address {
  if (part !== '' || whole.trim() === '') return parseAddress(part);
  throw new ChatError('usage', `an address is missing in "${whole.slice(0, 100)}"`, {
    hint: `Put one comma between two addresses, for instance ${defaultAddress},localhost:65003.`,
  });
}

function isSamePlace(address: Address): (other: Address) => boolean {
  const place = hostAndPort(address).toLowerCase();
  return (other) => hostAndPort(other).toLowerCase() === place;
}
