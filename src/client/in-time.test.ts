import { expect, test } from '@jest/globals';
import { inTime } from './in-time.js';

test('what comes in time is given, also a rejection', async () => {
  expect(await inTime(60_000, Promise.resolve('read'))).toBe('read');
  await expect(inTime(60_000, Promise.reject(new Error('unreadable')))).rejects.toThrow('unreadable');
});

test('what never comes is not waited for', async () => {
  expect(await inTime(1, new Promise(() => undefined))).toBeUndefined();
});
