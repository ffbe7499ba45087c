import { expect, test } from '@jest/globals';
import { raceAbort } from './race-abort.js';

const pending = new Promise<string>(() => undefined);

test('raceAbort returns the result or rejection of a promise that settles before the abort', async () => {
  const { signal } = new AbortController();
  expect(await raceAbort(signal, Promise.resolve('read'))).toBe('read');
  await expect(raceAbort(signal, Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
});

test('raceAbort returns undefined when the signal aborts or has aborted', async () => {
  const controller = new AbortController();
  const waiting = raceAbort(controller.signal, pending);
  controller.abort();
  expect(await waiting).toBeUndefined();
  expect(await raceAbort(controller.signal, Promise.resolve('too late'))).toBeUndefined();
});
