import { expect, test } from '@jest/globals';
import { appendMany, describeMessageLog, sequencesOf, text } from '../../../test/contract/message-log.js';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createMemoryLog } from './memory-log.js';
import { createDedupeIndex } from './dedupe-index.js';

describeMessageLog('memory log', false, {
  open: (options) => Promise.resolve(createMemoryLog(options)),
  cleanUp: () => Promise.resolve(),
});

test('the dedupe index by default remembers 10,000 ids of an author for 24 hours', async () => {
  const clock = manualClock();
  const ids = createDedupeIndex(clock);
  const remember = (from: number, to: number): void => {
    for (let sequence = from; sequence <= to; sequence++) ids.remember('ada', String(sequence), sequence);
  };
  remember(1, 10_000);
  expect(ids.find('ada', '1')).toBe(1);
  remember(10_001, 10_001);
  expect([ids.find('ada', '1'), ids.find('ada', '2')]).toEqual([undefined, 2]);
  await clock.advance(24 * 60 * 60 * 1000 - 1);
  expect(ids.find('ada', '2')).toBe(2);
  await clock.advance(1);
  expect(ids.find('ada', '2')).toBeUndefined();
});

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
