import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { delay, delayUntilAborted } from './delay.js';

test.each([delay, delayUntilAborted])('%p resolves after the delay and no sooner', async (wait) => {
  const clock = manualClock();
  let isOver = false;
  const waiting = wait(1000, clock, new AbortController().signal).then(() => (isOver = true));
  await clock.advance(999);
  expect(isOver).toBe(false);
  await clock.advance(1);
  await waiting;
});

test('an abort rejects a delay with its reason and clears the timer', async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const waiting = delay(1000, clock, controller.signal);
  controller.abort('reason');
  await expect(waiting).rejects.toBe('reason');
  await expect(delay(1000, clock, controller.signal)).rejects.toBe('reason');
  expect(clock.pending()).toBe(0);
});

test('an abort resolves a delay until aborted and clears the timer', async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const waiting = delayUntilAborted(1000, clock, controller.signal);
  controller.abort('reason');
  await waiting;
  await delayUntilAborted(1000, clock, controller.signal);
  expect(clock.pending()).toBe(0);
});
