import { expect, test } from '@jest/globals';
import { createAddressLimits } from './address-limits.js';

test('an address has so many places, and each is free again when it is left', () => {
  const limits = createAddressLimits({ total: 100, perAddress: 2 });
  const leave = limits.countIn('192.0.2.1');
  expect(leave).toBeDefined();
  expect(limits.countIn('192.0.2.1')).toBeDefined();
  expect(limits.countIn('192.0.2.1')).toBeUndefined();
  expect(limits.countIn('192.0.2.2')).toBeDefined();
  leave?.();
  expect(limits.countIn('192.0.2.1')).toBeDefined();
});

test('the addresses of one IPv6 network share their places', () => {
  const limits = createAddressLimits({ total: 100, perAddress: 2 });
  limits.countIn('2001:db8::1');
  limits.countIn('2001:db8::2');
  expect(limits.countIn('2001:db8::3')).toBeUndefined();
  expect(limits.countIn('2001:db8:0:1::3')).toBeDefined();
});

test('loopback has as many as there are in all', () => {
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
