import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../test/support/manual-clock.js';
import { withDeadline } from './with-deadline.js';

const { signal } = new AbortController();

/** Ends when its signal aborts. */
function untilAborted(within: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    within.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/** Collects what nothing refers to. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('the task is told when its time is up, however often garbage was collected before', async () => {
  const clock = manualClock();
  const task = withDeadline(1000, signal, untilAborted, clock);
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await settled();
  }
  await clock.advance(1000);
  expect(await task).toBe('aborted');
});

test('the task is told when the given signal aborts, before its time', async () => {
  const clock = manualClock();
  const outer = new AbortController();
  const task = withDeadline(1000, outer.signal, untilAborted, clock);
  outer.abort();
  expect(await task).toBe('aborted');
});

test('a task that has ended leaves no timer behind, well or not', async () => {
  const clock = manualClock();
  expect(await withDeadline(1000, signal, () => Promise.resolve('done'), clock)).toBe('done');
  const failing = withDeadline(1000, signal, () => Promise.reject(new Error('failed')), clock);
  await expect(failing).rejects.toThrow('failed');
  expect(clock.pending()).toBe(0);
});
