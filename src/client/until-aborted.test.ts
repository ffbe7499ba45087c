import { expect, test } from '@jest/globals';
import { untilAborted } from './until-aborted.js';

const never = new Promise<string>(() => undefined);

test('what comes before the signal aborts is given, also a rejection', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(signal, Promise.resolve('read'))).toBe('read');
  await expect(untilAborted(signal, Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
});

test('an abort ends the waiting, also one that came before', async () => {
  const controller = new AbortController();
  const waiting = untilAborted(controller.signal, never);
  controller.abort();
  expect(await waiting).toBeUndefined();
  expect(await untilAborted(controller.signal, Promise.resolve('too late'))).toBeUndefined();
});
