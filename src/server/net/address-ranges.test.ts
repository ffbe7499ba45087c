import { describe, expect, test } from '@jest/globals';
import { parseAddressRanges } from './address-ranges.js';

const parse = (text: string) => parseAddressRanges('--proxy-protocol', text);

describe('parseAddressRanges', () => {
  test('ranges include single addresses, networks of both families and IPv4 mapped into IPv6', () => {
    const ranges = parse('10.0.0.5, 192.0.2.0/24,2001:db8::/64,::1');
    for (const address of [
      '10.0.0.5',
      '192.0.2.255',
      '2001:db8::7',
      '2001:db8::7%eth0',
      '::1',
      '::ffff:10.0.0.5',
    ]) {
      expect([address, ranges.includes(address)]).toEqual([address, true]);
    }
    for (const address of [
      '10.0.0.4',
      '192.0.3.1',
      '2001:db8:1::7',
      '127.0.0.1',
      '',
      'localhost',
      'unknown',
    ]) {
      expect([address, ranges.includes(address)]).toEqual([address, false]);
    }
  });

  test.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.1/33',
    '::1/129',
    '10.0.0.1/',
    '10.0.0.1/a',
    'a/8',
    '::1,',
    'fe80::1%eth0',
  ])('%j is rejected', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test.each(['0.0.0.0/0', '::/0', '10.0.0.1/0'])(
    '%s is rejected, since it includes every address',
    (text) => {
      expect(() => parse(text)).toThrow('is every address');
    },
  );
});
