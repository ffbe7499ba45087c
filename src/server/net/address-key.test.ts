import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressKey } from './address-key.js';

describe('addressKey', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:c000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  test('the addresses of a /64 share a key, those of another /64 do not', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const half = fc.array(group, { minLength: 4, maxLength: 4 }).map((groups) => groups.join(':'));
    fc.assert(
      fc.property(half, half, half, half, (network, other, one, two) => {
        fc.pre(!network.startsWith('0:0:0:0') && !other.startsWith('0:0:0:0') && network !== other);
        expect(addressKey(`${network}:${one}`)).toBe(addressKey(`${network}:${two}`));
        expect(addressKey(`${network}:${one}`)).not.toBe(addressKey(`${other}:${one}`));
      }),
    );
  });

  test('text that is not an address gives a key of limited length', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => addressKey(text).length <= 64));
  });
});
