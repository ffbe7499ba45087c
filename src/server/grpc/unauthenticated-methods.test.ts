import { expect, test } from '@jest/globals';
import type { ChatError } from '../../shared/errors.js';
import { createUnauthenticatedMethods, type UnauthenticatedCall } from './unauthenticated-methods.js';

function call(streams: boolean, address = '192.0.2.1') {
  const reasons: ChatError[] = [];
  const made: UnauthenticatedCall = { address, streams, call: { reject: (reason) => reasons.push(reason) } };
  return { made, reasons };
}

test('only health and reflection need no login', () => {
  const { includes } = createUnauthenticatedMethods();
  expect(includes('/grpc.health.v1.Health/Check')).toBe(true);
  expect(includes('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo')).toBe(true);
  expect(includes('/qtgrpc.examples.chat.SimpleChat/sendMessage')).toBe(false);
  expect(includes('/chat.v1.Messages/history')).toBe(false);
});

test('an address can have 16 streams without a login open', () => {
  const methods = createUnauthenticatedMethods();
  const leave = Array.from({ length: 16 }, () => methods.begin(call(true).made));
  expect(() => methods.begin(call(true).made)).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  leave[0]?.();
  methods.begin(call(true).made);
});

test('open streams without a login never prevent a health check', () => {
  const methods = createUnauthenticatedMethods();
  for (let number = 0; number < 200; number++) methods.begin(call(true, `192.0.2.${number}`).made);
  expect(() => methods.begin(call(true, '198.51.100.1').made)).toThrow();
  expect(() => methods.begin(call(false).made)).not.toThrow();
});

test('with 256 health checks open, one more ends the oldest', () => {
  const methods = createUnauthenticatedMethods();
  const calls = Array.from({ length: 257 }, () => call(false));
  for (const { made } of calls) methods.begin(made);
  expect(calls.map(({ reasons }) => reasons.length)).toEqual([1, ...Array.from({ length: 256 }, () => 0)]);
});
