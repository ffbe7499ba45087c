import { expect, test } from '@jest/globals';
import type { ChatError } from '../../shared/errors.js';
import { createUnauthenticatedMethods, type UnauthenticatedCall } from './unauthenticated-methods.js';

function call(streams: boolean, address = '192.0.2.1') {
  const reasons: ChatError[] = [];
  const made: UnauthenticatedCall = { address, streams, call: { refuse: (reason) => reasons.push(reason) } };
  return { made, reasons };
}

test('health and reflection need no login, and nothing else', () => {
  const { includes } = createUnauthenticatedMethods();
  expect(includes('/grpc.health.v1.Health/Check')).toBe(true);
  expect(includes('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo')).toBe(true);
  expect(includes('/qtgrpc.examples.chat.SimpleChat/sendMessage')).toBe(false);
  expect(includes('/chat.v1.ChatExtensions/history')).toBe(false);
});

test('an address has 16 such streams open at once', () => {
  const methods = createUnauthenticatedMethods();
  const leave = Array.from({ length: 16 }, () => methods.begin(call(true).made));
  expect(() => methods.begin(call(true).made)).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  leave[0]?.();
  methods.begin(call(true).made);
});

test('a health check is let in however many streams are open, from however many addresses', () => {
  const methods = createUnauthenticatedMethods();
  for (let number = 0; number < 200; number++) methods.begin(call(true, `192.0.2.${number}`).made);
  expect(() => methods.begin(call(true, '198.51.100.1').made)).toThrow();
  expect(() => methods.begin(call(false).made)).not.toThrow();
});

test('a health check beyond 256 ends the oldest of them, which is incomplete', () => {
  const methods = createUnauthenticatedMethods();
  const calls = Array.from({ length: 257 }, () => call(false));
  for (const { made } of calls) methods.begin(made);
  expect(calls.map(({ reasons }) => reasons.length)).toEqual([1, ...Array.from({ length: 256 }, () => 0)]);
});
