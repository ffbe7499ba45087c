import { expect, test } from '@jest/globals';
import type { Clock } from '../../shared/clock.js';
import { createNotifier } from './notifier.js';

/** A clock that only `advance` moves. */
function stillClock(): { clock: Clock; advance: (milliseconds: number) => void } {
  let now = 1000;
  const tasks = new Map<() => void, number>();
  return {
    clock: {
      now: () => 0,
      monotonicMs: () => now,
      after(milliseconds, task) {
        tasks.set(task, now + milliseconds);
        return () => tasks.delete(task);
      },
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const [task, due] of [...tasks]) {
        if (due > now) continue;
        tasks.delete(task);
        task();
      }
    },
  };
}

test('ten thousand arrivals at once cause two notifications: at once and after the interval', () => {
  const { clock, advance } = stillClock();
  let count = 0;
  const notifier = createNotifier(clock, 33, () => undefined);
  notifier.subscribe(() => count++);
  for (let arrival = 0; arrival < 10_000; arrival++) notifier.soon();
  expect(count).toBe(1);
  advance(33);
  expect(count).toBe(2);
  advance(1000);
  expect(count).toBe(2);
});

test('an immediate notification replaces a delayed one', () => {
  const { clock, advance } = stillClock();
  let count = 0;
  const notifier = createNotifier(clock, 33, () => undefined);
  notifier.subscribe(() => count++);
  notifier.soon();
  notifier.soon();
  notifier.now();
  expect(count).toBe(2);
  advance(1000);
  expect(count).toBe(2);
});

test('an unsubscribed listener and a stopped notifier get no notification', () => {
  const { clock, advance } = stillClock();
  let first = 0;
  let second = 0;
  const notifier = createNotifier(clock, 33, () => undefined);
  const unsubscribe = notifier.subscribe(() => first++);
  notifier.subscribe(() => second++);
  unsubscribe();
  notifier.soon();
  notifier.soon();
  notifier.stop();
  advance(1000);
  expect([first, second]).toEqual([0, 1]);
});
