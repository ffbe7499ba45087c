import { describe, expect, test } from '@jest/globals';
import {
  afterFailure,
  delayAfter,
  currentFailures,
  noFailedAttempts,
  type FailedAttempts,
} from './attempt-limits.js';

const free = 5;
const start = 1_000_000;

function failing(times: readonly number[]): FailedAttempts {
  return times.reduce((failures, time) => afterFailure(failures, time, free), noFailedAttempts);
}

describe('failed attempts', () => {
  test('four failures cause no delay, the fifth delays the next attempt by a second', () => {
    expect(delayAfter(failing([0, 1, 2, 3].map((s) => start + s * 1000)), start + 4000)).toBe(0);
    expect(delayAfter(failing([0, 1, 2, 3, 4].map((s) => start + s * 1000)), start + 4000)).toBe(1000);
  });

  test('each further failure doubles the delay, up to 30 seconds', () => {
    let failures = failing([start, start, start, start]);
    const delays: number[] = [];
    for (let count = 0; count < 8; count++) {
      failures = afterFailure(failures, start, free);
      delays.push(delayAfter(failures, start));
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('fewer than five failures a minute never cause a delay', () => {
    const slow = Array.from({ length: 100 }, (_, index) => start + index * 16_000);
    expect(delayAfter(failing(slow), slow.at(-1) ?? 0)).toBe(0);
  });

  test('the delay stays at its maximum while each delayed attempt fails', () => {
    let time = start;
    let failures = failing([start, start, start, start, start]);
    for (let count = 0; count < 50; count++) {
      time += delayAfter(failures, time);
      failures = afterFailure(failures, time, free);
    }
    expect(delayAfter(failures, time)).toBe(30_000);
  });

  test('a minute without a failure resets the delay', () => {
    const failures = failing([start, start, start, start, start, start]);
    expect(delayAfter(failures, start + 59_999)).toBe(2000);
    expect(currentFailures(failures, start + 60_000)).toEqual(noFailedAttempts);
  });
});
