import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { raceTimeout, withTimeout } from './with-timeout.js';

const { signal } = new AbortController();

/** Resolves when its signal aborts. */
function untilAborted(aborting: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    aborting.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('the signal aborts after the timeout, also after garbage collection', async () => {
  const clock = manualClock();
  const task = withTimeout(1000, signal, untilAborted, clock);
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await settled();
  }
  await clock.advance(1000);
  expect(await task).toBe('aborted');
});

test('the signal aborts when the given one does, before the timeout', async () => {
  const clock = manualClock();
  const outer = new AbortController();
  const task = withTimeout(1000, outer.signal, untilAborted, clock);
  outer.abort();
  expect(await task).toBe('aborted');
});

test('a task that resolves or rejects leaves no timer behind', async () => {
  const clock = manualClock();
  expect(await withTimeout(1000, signal, () => Promise.resolve('done'), clock)).toBe('done');
  const failing = withTimeout(1000, signal, () => Promise.reject(new Error('failed')), clock);
  await expect(failing).rejects.toThrow('failed');
  expect(clock.pending()).toBe(0);
});

test('raceTimeout returns the result or rejection of a promise that settles before the timeout', async () => {
  const clock = manualClock();
  expect(await raceTimeout(1000, Promise.resolve('read'), clock)).toBe('read');
  const failing = raceTimeout(1000, Promise.reject(new Error('unreadable')), clock);
  await expect(failing).rejects.toThrow('unreadable');
  expect(clock.pending()).toBe(0);
});

test('raceTimeout returns undefined after the timeout', async () => {
  const clock = manualClock();
  const waiting = raceTimeout(1000, new Promise(() => undefined), clock);
  await clock.advance(1000);
  expect(await waiting).toBeUndefined();
});
