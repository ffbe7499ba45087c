import { expect, test } from '@jest/globals';
import { createPublicMethods } from './public-methods.js';

test('health and reflection need no login, and nothing else', () => {
  const { includes } = createPublicMethods();
  expect(includes('/grpc.health.v1.Health/Check')).toBe(true);
  expect(includes('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo')).toBe(true);
  expect(includes('/qtgrpc.examples.chat.SimpleChat/sendMessage')).toBe(false);
  expect(includes('/chat.v1.ChatExtensions/history')).toBe(false);
});

test('an address makes 16 such calls at once', () => {
  const methods = createPublicMethods();
  const calls = Array.from({ length: 16 }, () => methods.enter('192.0.2.1'));
  expect(() => methods.enter('192.0.2.1')).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  calls[0]?.leave();
  methods.enter('192.0.2.1');
});

test('a call has 100 requests at most', () => {
  const call = createPublicMethods().enter('192.0.2.1');
  for (let number = 0; number < 100; number++) call.request();
  expect(() => call.request()).toThrow(expect.objectContaining({ code: 'rate-limited' }));
});
