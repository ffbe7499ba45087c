import { expect, test } from '@jest/globals';
import { isLoopback } from './loopback.js';

test.each([
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.255.1.2',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '',
  '0.0.0.0',
  '::',
  '128.0.0.1',
  '192.168.1.1',
  '::2',
  'fe80::1',
  '::ffff:192.0.2.1',
  'example.org',
  'localhost.example.org',
  '127.0.0.1.example.org',
  '127.1',
])('%j is not loopback', (host) => {
  expect(isLoopback(host)).toBe(false);
});
