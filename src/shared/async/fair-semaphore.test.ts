import { expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createFairSemaphore } from './fair-semaphore.js';

const { signal } = new AbortController();
const whenFull = () => new Error('too many');

/** Acquires turns and records who got one. */
function recorded(maxRunning: number, maxWaiting = 10) {
  const semaphore = createFairSemaphore({ maxRunning, maxWaiting, whenFull });
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    semaphore,
    started,
    ask: (name: string, owner = name): void => {
      void semaphore.acquire(owner, signal).then((end) => {
        started.push(name);
        ends.set(name, end);
      });
    },
    end: async (name: string): Promise<void> => {
      ends.get(name)?.();
      await settled();
    },
  };
}

test('a semaphore runs at most maxRunning tasks at a time, in the order of their acquire calls', async () => {
  const { started, ask, end } = recorded(2);
  for (const name of ['a', 'b', 'c', 'd']) ask(name);
  await settled();
  expect(started).toEqual(['a', 'b']);
  await end('b');
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
});

test('an owner has one task running, and its other tasks wait behind all other owners', async () => {
  const { started, ask, end } = recorded(2);
  for (const name of ['a1', 'a2', 'a3']) ask(name, 'a');
  ask('b');
  ask('c');
  await settled();
  expect(started).toEqual(['a1', 'b']);
  await end('a1');
  expect(started).toEqual(['a1', 'b', 'a2']);
  await end('a2');
  expect(started).toEqual(['a1', 'b', 'a2', 'c']);
  await end('b');
  expect(started).toEqual(['a1', 'b', 'a2', 'c', 'a3']);
});

test('a task that aborts while it waits does not delay the others', async () => {
  const semaphore = createFairSemaphore({ maxRunning: 1, maxWaiting: 10, whenFull });
  const end = await semaphore.acquire('a', signal);
  const call = new AbortController();
  const aborted = semaphore.acquire('b', call.signal);
  const next = semaphore.acquire('c', signal);
  call.abort('aborted');
  await expect(aborted).rejects.toBe('aborted');
  end();
  (await next)();
  (await semaphore.acquire('b', signal))();
});

test('acquire rejects beyond maxWaiting tasks of an owner, and other owners still wait', async () => {
  const semaphore = createFairSemaphore({ maxRunning: 1, maxWaiting: 1, whenFull });
  await semaphore.acquire('a', signal);
  void semaphore.acquire('a', signal);
  await expect(semaphore.acquire('a', signal)).rejects.toThrow('too many');
  const other = new AbortController();
  const waiting = semaphore.acquire('b', other.signal);
  other.abort('enough');
  await expect(waiting).rejects.toBe('enough');
});
