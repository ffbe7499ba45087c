import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createWaitingLines } from './waiting-lines.js';

test('lines in which nothing failed are forgotten, however many addresses come by', async () => {
  const lines = createWaitingLines(manualClock(), 5);
  for (let index = 0; index < 5000; index++) {
    const line = lines.of(`address ${index}`);
    await line.enter();
    line.leave(false);
  }
  expect(lines.count()).toBeLessThanOrEqual(256);
});

test('a line with failures is kept for a minute, not longer', async () => {
  const clock = manualClock();
  const lines = createWaitingLines(clock, 5);
  for (let index = 0; index < 1000; index++) lines.of(`address ${index}`).fail();
  const kept = lines.of('address 0');
  for (let index = 0; index < 5000; index++) lines.of(`other ${index}`);
  expect(lines.of('address 0')).toBe(kept);
  await clock.advance(60_000);
  for (let index = 0; index < 5000; index++) lines.of(`third ${index}`);
  expect(lines.count()).toBeLessThanOrEqual(256);
});

test('a line with somebody in it is kept', async () => {
  const lines = createWaitingLines(manualClock(), 1);
  const line = lines.of('address');
  await line.enter();
  const waiting = line.enter();
  for (let index = 0; index < 5000; index++) lines.of(`other ${index}`);
  expect(lines.of('address')).toBe(line);
  line.leave(false);
  await waiting;
});
