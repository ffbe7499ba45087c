import { expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createObservable } from './observable.js';

const { signal } = new AbortController();

test('changed resolves at once if the value differs from the seen one, else at the next change', async () => {
  const value = createObservable('a');
  await value.changed('b', signal);
  let changes = 0;
  for (let watcher = 0; watcher < 2; watcher++) void value.changed('a', signal).then(() => changes++);
  value.set('a');
  await settled();
  expect(changes).toBe(0);
  value.set('b');
  await settled();
  expect(changes).toBe(2);
  expect(value.get()).toBe('b');
});

test('an abort rejects a pending and a later changed with its reason', async () => {
  const value = createObservable('a');
  const controller = new AbortController();
  const pending = value.changed('a', controller.signal);
  controller.abort('reason');
  await expect(pending).rejects.toBe('reason');
  await expect(value.changed('b', controller.signal)).rejects.toBe('reason');
  value.set('b');
});
