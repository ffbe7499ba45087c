import { expect, test } from '@jest/globals';
import { createAddressLimits } from './address-limits.js';

test('an address is limited to its maximum, and a released place is free again', () => {
  const limits = createAddressLimits({ total: 100, perAddress: 2 });
  const release = limits.countIn('192.0.2.1');
  expect(release).toBeDefined();
  expect(limits.countIn('192.0.2.1')).toBeDefined();
  expect(limits.countIn('192.0.2.1')).toBeUndefined();
  expect(limits.countIn('192.0.2.2')).toBeDefined();
  release?.();
  expect(limits.countIn('192.0.2.1')).toBeDefined();
});

test('the addresses of an IPv6 /64 share one limit', () => {
  const limits = createAddressLimits({ total: 100, perAddress: 2 });
  limits.countIn('2001:db8::1');
  limits.countIn('2001:db8::2');
  expect(limits.countIn('2001:db8::3')).toBeUndefined();
  expect(limits.countIn('2001:db8:0:1::3')).toBeDefined();
});

test('loopback is limited by the total only', () => {
  const limits = createAddressLimits({ total: 5, perAddress: 1 });
  const admitted = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.0.0.1', '::1', '127.0.0.1'];
  expect(admitted.map((address) => limits.countIn(address) !== undefined)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});
