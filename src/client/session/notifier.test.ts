import { expect, test } from '@jest/globals';
import type { Clock } from '../../shared/clock.js';
import { createNotifier } from './notifier.js';

/** A clock that stands still until it is moved. */
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

test('ten thousand arrivals in one moment are told twice: at once, and when the interval is over', () => {
  const { clock, advance } = stillClock();
  let told = 0;
  const notifier = createNotifier(clock, 33, () => undefined);
  notifier.subscribe(() => told++);
  for (let arrival = 0; arrival < 10_000; arrival++) notifier.soon();
  expect(told).toBe(1);
  advance(33);
  expect(told).toBe(2);
  advance(1000);
  expect(told).toBe(2);
});

test('what is told at once takes along what was waiting', () => {
  const { clock, advance } = stillClock();
  let told = 0;
  const notifier = createNotifier(clock, 33, () => undefined);
  notifier.subscribe(() => told++);
  notifier.soon();
  notifier.soon();
  notifier.now();
  expect(told).toBe(2);
  advance(1000);
  expect(told).toBe(2);
});

test('who unsubscribed, or a stopped notifier, is told nothing more', () => {
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
