import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Gap } from '../../../src/server/logs/level/entry-reader.js';
import { readHighWater } from '../../../src/server/logs/level/high-water.js';
import { openLevelLog, type LevelLogReports } from '../../../src/server/logs/level/level-log.js';
import type { MessageLog } from '../../../src/server/messages/message-log.js';
import { systemClock } from '../../../src/shared/clock.js';
import { appendMany, findId, sequencesOf, text, textsOf } from '../../contract/message-log.js';
import { silentReports } from './level-directory.js';

let base: string;
let directory: string;
let gaps: Gap[];
const failures: unknown[] = [];
const opened: MessageLog[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chat-high-water-'));
  directory = join(base, 'log');
  gaps = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(base, { recursive: true });
  expect(failures.splice(0)).toEqual([]);
});

async function open(options: { directory?: string; newLog?: boolean } = {}): Promise<MessageLog> {
  gaps = [];
  const reports: LevelLogReports = {
    ...silentReports,
    onGap: (gap) => gaps.push(gap),
    onUnwritable: (error) => failures.push(error),
    onUpkeepFailed: (error) => failures.push(error),
    onClockDoubted: (aheadMs) => failures.push(aheadMs),
  };
  const log = await openLevelLog({ directory, clock: systemClock, reports, ...options });
  opened.push(log);
  return log;
}

/** Leaves LevelDB's files as they were after 30 messages, with the mark of 50. */
async function loseNewest(): Promise<void> {
  const log = await open();
  await appendMany(log, 30);
  await log.close();
  const saved = join(base, 'saved');
  await cp(directory, saved, { recursive: true });
  const longer = await open();
  await appendMany(longer, 20);
  await longer.close();
  const mark = await readFile(join(directory, 'high-water'));
  await rm(directory, { recursive: true });
  await cp(saved, directory, { recursive: true });
  await writeFile(join(directory, 'high-water'), mark);
}

test('a log that lost its newest entries reports the gap and reuses no sequence', async () => {
  await loseNewest();
  const shorter = await open();
  expect(shorter.head()).toBe(30);
  expect(gaps.some(({ from, to }) => from === 31 && to >= 50)).toBe(true);
  // The result survives a further start without an append.
  await shorter.close();
  const again = await open();
  const { sequence } = await again.append(text('after'));
  expect(sequence).toBeGreaterThan(50);
  expect(sequencesOf(await again.read(25, 1e9))).toEqual([26, 27, 28, 29, 30, sequence]);
  await again.close();
  expect((await (await open()).append(text('next'))).sequence).toBe(sequence + 1);
});

test('a log that is renewed continues after its newest entry without a gap', async () => {
  await loseNewest();
  const log = await open({ newLog: true });
  expect((await log.append(text('after'))).sequence).toBe(31);
  expect(gaps).toEqual([]);
  await log.close();
  expect((await (await open()).append(text('next'))).sequence).toBe(32);
  expect(gaps).toEqual([]);
});

test('sequences are reserved in blocks, and restarts after a clean stop report no gap', async () => {
  const log = await open();
  await appendMany(log, 1);
  const first = await readHighWater(directory);
  expect(first?.reserved).toBeGreaterThan(1000);
  await log.close();
  expect(await readHighWater(directory)).toEqual({ ...first, stored: 1 });
  const again = await open();
  for (let sent = 0; sent < 12; sent++) await appendMany(again, 1000);
  await again.close();
  const later = await readHighWater(directory);
  expect(later?.stored).toBe(12_001);
  expect(later?.reserved).toBeGreaterThan(12_001);
  await open();
  expect(gaps).toEqual([]);
});

test.each([
  ['absent', undefined],
  ['empty', ''],
  ['torn', 'chat high-water stored 00000000'],
  ['something else', 'x'.repeat(1000)],
])('a mark that is %s is written again, and no gap is reported', async (_, content) => {
  const log = await open();
  await appendMany(log, 30);
  await log.close();
  if (content === undefined) await rm(join(directory, 'high-water'));
  else await writeFile(join(directory, 'high-water'), content);
  const again = await open();
  expect((await again.append(text('after'))).sequence).toBe(31);
  await again.close();
  expect(gaps).toEqual([]);
  expect(await readHighWater(directory)).toMatchObject({ stored: 31 });
});

test('a directory without a mark, from an earlier version, opens with all its entries', async () => {
  await cp(join(import.meta.dirname, 'data-version-1', 'log'), directory, { recursive: true });
  expect(await readdir(directory)).not.toContain('high-water');
  const log = await open();
  expect(log.logId).toBe('631ee773-f7aa-4f24-99b3-9b1f96456e77');
  const entries = await log.read(0, 1e9);
  expect(sequencesOf(entries)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(textsOf(entries)[39]).toBe('message 40');
  expect(await findId(log, 'anna', 'id-35')).toBe(35);
  expect((await log.append(text('next'))).sequence).toBe(41);
  expect(gaps).toEqual([]);
});
