import { expect, test } from '@jest/globals';
import { settled } from '../../../test/support/manual-clock.js';
import { createFairSemaphore } from './fair-semaphore.js';

const { signal } = new AbortController();

/** Asks for turns, and notes who got one. */
function asked(maxRunning: number, maxWaiting = 10) {
  const semaphore = createFairSemaphore(maxRunning, maxWaiting);
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

test('at most two tasks run at once, and the others in the order in which they asked', async () => {
  const { started, ask, end } = asked(2);
  for (const name of ['a', 'b', 'c', 'd']) ask(name);
  await settled();
  expect(started).toEqual(['a', 'b']);
  await end('b');
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
});

test('an owner has one task running, and its others wait behind everybody else', async () => {
  const { started, ask, end } = asked(2);
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

test('a task that gives up waiting holds up nobody', async () => {
  const semaphore = createFairSemaphore(1, 10);
  const end = await semaphore.acquire('a', signal);
  const call = new AbortController();
  const gone = semaphore.acquire('b', call.signal);
  const next = semaphore.acquire('c', signal);
  call.abort('gone');
  await expect(gone).rejects.toBe('gone');
  end();
  (await next)();
  (await semaphore.acquire('b', signal))();
});

test('an owner with too many tasks waiting is refused one more, and others are not', async () => {
  const semaphore = createFairSemaphore(1, 1);
  await semaphore.acquire('a', signal);
  void semaphore.acquire('a', signal);
  await expect(semaphore.acquire('a', signal)).rejects.toMatchObject({
    code: 'rate-limited',
    retryAfterMs: 1000,
  });
  const other = new AbortController();
  const waiting = semaphore.acquire('b', other.signal);
  other.abort('enough');
  await expect(waiting).rejects.toBe('enough');
});
