import { expect, test } from '@jest/globals';
import { describeChanges } from '../../../test/contract/changes.js';
import {
  appendMany,
  describeMessageLog,
  sequencesOf,
  text,
  type LogFactory,
} from '../../../test/contract/message-log.js';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createMemoryLog } from './memory-log.js';

const factory: LogFactory = {
  open: (options) => Promise.resolve(createMemoryLog(options)),
  cleanUp: () => Promise.resolve(),
};

describeMessageLog('memory log', false, factory);
describeChanges('memory log', false, factory);

test('a log with a size limit drops the oldest messages', async () => {
  const log = createMemoryLog({ clock: manualClock(), keep: { bytes: 200 } });
  await appendMany(log, 20);
  expect(log.oldest()).toBeGreaterThan(1);
  const kept = await log.read(0, 1e9);
  expect(sequencesOf(kept)[0]).toBe(log.oldest());
  expect(kept.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(200);
  expect(kept.at(-1)?.sequence).toBe(20);
  await log.close();
});

test('a log with an age limit drops every message that is too old, even the last one', async () => {
  const clock = manualClock();
  const log = createMemoryLog({ clock, keep: { milliseconds: 60_000 } });
  await appendMany(log, 3);
  await clock.advance(30_000);
  await log.append(text('later'));
  await clock.advance(31_000);
  expect(log.oldest()).toBe(4);
  expect(sequencesOf(await log.read(0, 1e9))).toEqual([4]);
  await clock.advance(30_000);
  expect(log.oldest()).toBe(log.head() + 1);
  expect(await log.readBefore(0, 10, 1e9)).toEqual([]);
  expect(log.newestDropped()?.sequence).toBe(4);
  expect((await log.append(text('next'))).sequence).toBe(5);
  await log.close();
});

test('a jump of the wall clock does not change when a log with an age limit drops messages', async () => {
  const clock = manualClock();
  const log = createMemoryLog({ clock, keep: { milliseconds: 60_000 } });
  await appendMany(log, 3);
  clock.jump(3_600_000);
  await clock.advance(50_000);
  expect(log.oldest()).toBe(1);
  clock.jump(-7_200_000);
  await clock.advance(11_000);
  expect(log.oldest()).toBe(4);
  await log.close();
});
