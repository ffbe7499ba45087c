import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ClassicLevel } from 'classic-level';
import {
  appendMany,
  describeMessageLog,
  findId,
  sequencesOf,
  text,
  textsOf,
} from '../../contract/message-log.js';
import { manualClock, type ManualClock } from '../../support/manual-clock.js';
import { dedupeWindow, type MessageLog } from '../../../src/server/messages/message-log.js';
import { createDigests } from '../../../src/server/messages/digests.js';
import { decodeMessages } from '../../../src/shared/codec.js';
import { messageDigest } from '../../../src/shared/message-digest.js';
import type { Gap } from '../../../src/server/logs/level/entry-reader.js';
import { appendTimeoutMs } from '../../../src/server/logs/appender.js';
import { recoveryIntervalMs } from '../../../src/server/logs/level/recovery-loop.js';
import { canBeReplayed } from '../../../src/server/logs/level/check-write-log.js';
import { commitKey, entryKey } from '../../../src/server/logs/level/level-records.js';
import { openLevelStore } from '../../../src/server/logs/level/level-store.js';
import type { OrderedStore } from '../../../src/server/logs/level/ordered-store.js';
import { sweepIntervalMs } from '../../../src/server/logs/level/retention.js';
import { openLevelLog, type LevelLogOptions } from '../../../src/server/logs/level/level-log.js';
import { damageFile } from './damage-file.js';
import { silentReports } from './level-directory.js';

const everything = 1e9;
const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

let base: string;
let directory: string;
let clock: ManualClock;
const opened: MessageLog[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chat-log-'));
  directory = join(base, 'log');
  clock = manualClock();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(base, { recursive: true });
});

async function open(options: Partial<LevelLogOptions> = {}): Promise<MessageLog> {
  const log = await openLevelLog({ directory, clock, reports: silentReports, ...options });
  opened.push(log);
  return log;
}

async function advanceUntil(condition: () => boolean | Promise<boolean>, stepMs: number): Promise<void> {
  while (!(await condition())) await clock.advance(stepMs);
}

describeMessageLog('on disk', true, {
  open: (options) => openLevelLog({ directory, reports: silentReports, ...options }),
  cleanUp: () => Promise.resolve(),
});

describe('the directory of a log', () => {
  test('is created for its owner only', async () => {
    await open();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('can be opened by one server at a time', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: `another chat server uses ${directory}`,
    });
    await first.close();
    await expect(open()).resolves.toMatchObject({ logId: first.logId });
  });

  test('is rejected unchanged if it contains other files', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.txt'), 'mine');
    await expect(open()).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  test('is rejected unchanged if it contains the database of another program', async () => {
    const other = new ClassicLevel(directory);
    await other.put('key', 'value');
    await other.close();
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('not a chat message log'),
    });
    await other.open();
    expect(await other.get('key')).toBe('value');
    await other.close();
  });

  test('is used if a first start was interrupted in it', async () => {
    await mkdir(directory);
    for (const name of ['LOCK', 'LOG', 'MANIFEST-000001']) await writeFile(join(directory, name), '');
    expect((await open()).head()).toBe(0);
  });

  test('is rejected if its CURRENT or table files are lost', async () => {
    const log = await open();
    await appendMany(log, 10);
    await log.close();
    const current = await readFile(join(directory, 'CURRENT'));
    await rm(join(directory, 'CURRENT'));
    await expect(open()).rejects.toMatchObject({ code: 'data-directory' });
    await writeFile(join(directory, 'CURRENT'), current);
    // Opening moves the entries in LevelDB's log to a table.
    await (await open()).close();
    const table = (await readdir(directory)).find((name) => name.endsWith('.ldb')) ?? '';
    await rm(join(directory, table));
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('damaged'),
    });
  });
});

describe('a directory with a replaced file', () => {
  const stored = join(import.meta.dirname, 'data-version-1', 'log');
  const copyOf = (name: string) => readFile(join(stored, name));
  const log = '000006.log';
  const table = '000005.ldb';

  test.each<[string, string, () => Promise<Uint8Array> | Uint8Array]>([
    ["LevelDB's log is its manifest", log, () => copyOf('MANIFEST-000004')],
    ["LevelDB's log is duplicated", log, async () => Buffer.concat([await copyOf(log), await copyOf(log)])],
    ['a table is empty', table, () => new Uint8Array(0)],
    ['a table is cut off', table, async () => (await copyOf(table)).subarray(0, 1000)],
    ['a table is a log', table, () => copyOf(log)],
    ['a table is random', table, () => randomBytes(2543)],
    ['the manifest is empty', 'MANIFEST-000004', () => new Uint8Array(0)],
    ['CURRENT names no file', 'CURRENT', () => Buffer.from('MANIFEST-000099\n')],
    ['CURRENT names a directory', 'CURRENT', () => Buffer.from('../..\n')],
  ])('is rejected as damaged, and its files stay, if %s', async (_, name, content) => {
    await cp(stored, directory, { recursive: true });
    const bytes = await content();
    await writeFile(join(directory, name), bytes);
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringMatching(/^the message log in .* is damaged: /),
      hint: 'Restore the directory from a backup; nothing was changed.',
    });
    expect(await readFile(join(directory, name))).toEqual(Buffer.from(bytes));
  });

  test('is opened if LevelDB can locate the damage', async () => {
    await cp(stored, directory, { recursive: true });
    const bytes = await copyOf(log);
    bytes[400] = (bytes[400] ?? 0) ^ 0xff;
    await writeFile(join(directory, log), bytes);
    expect((await open()).head()).toBeGreaterThanOrEqual(30);
  });
});

test('a log of large and small writes can be replayed', async () => {
  const first = await open();
  for (const size of [1, 32_700, 32_768, 100_000, 2_000_000, 5]) await first.append(text('x'.repeat(size)));
  // A copy of the open log is as a killed process leaves it.
  const copy = join(base, 'copy');
  await cp(directory, copy, { recursive: true });
  const names = (await readdir(copy)).filter((name) => name.endsWith('.log'));
  expect(await Promise.all(names.map((name) => canBeReplayed(join(copy, name))))).toEqual([true]);
  expect((await open({ directory: copy })).head()).toBe(6);
});

test('a start loads only the newest messages, and older pages are read from the disk', async () => {
  const log = await open();
  const image = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 20; count++) await log.append(text(`${count} ${image}`));
  await log.close();
  const again = await open();
  expect(again.read(0, everything)).toBeInstanceOf(Promise);
  expect(again.read(18, everything)).not.toBeInstanceOf(Promise);
  expect(sequencesOf(await again.read(0, everything))).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect(sequencesOf(await again.read(1, 2.5 * 1024 * 1024))).toEqual([2, 3]);
  expect(sequencesOf(await again.read(0, 1))).toEqual([1]);
  expect(sequencesOf(await again.readBefore(6, 3, everything))).toEqual([5, 4, 3]);
  expect(sequencesOf(await again.readBefore(6, 9, 2.5 * 1024 * 1024))).toEqual([5, 4]);
  expect(sequencesOf(await again.readBefore(0, 20, everything))).toHaveLength(20);
});

test('an id expires at its maximum age, also after the log is opened again', async () => {
  const log = await open();
  await log.append(text('first', { id: 'x' }));
  await clock.advance(dedupeWindow.maxAgeMs);
  await log.close();
  expect(await findId(await open(), 'ada', 'x')).toBeUndefined();
});

test('expired ids are removed from the disk as new ones arrive', async () => {
  const log = await open();
  const countIds = async (): Promise<number> => {
    await log.close();
    const database = new ClassicLevel(directory);
    const keys = await database.keys({ gte: 'i', lt: 'j' }).all();
    await database.close();
    return keys.length;
  };
  for (let index = 0; index < 20; index++) {
    await Promise.all(
      Array.from({ length: 500 }, (_, count) => log.append(text('', { id: `${index}-${count}` }))),
    );
    // Each group expires before the next one.
    await clock.advance(dedupeWindow.maxAgeMs);
  }
  expect(await countIds()).toBeLessThan(9000);
});

describe('retention', () => {
  test('removes the oldest entries by size and keeps at least the configured size', async () => {
    const log = await open({ keep: { bytes: 20_000 } });
    for (let count = 0; count < 100; count++) await log.append(text('x'.repeat(1000)));
    await advanceUntil(() => log.oldest() > 1, sweepIntervalMs);
    const kept = await log.read(0, everything);
    expect(kept[0]?.sequence).toBe(log.oldest());
    const bytes = kept.reduce((sum, entry) => sum + entry.bytes.length, 0);
    expect(bytes).toBeGreaterThanOrEqual(20_000);
    expect(bytes).toBeLessThan(22_000);
  });

  test('compares ages by the time of arrival, not by the time in the message', async () => {
    const log = await open({ keep: { milliseconds: 60 * 60 * 1000 } });
    await appendMany(log, 3, 'old');
    await clock.advance(40 * 60 * 1000);
    await appendMany(log, 2, 'new');
    await clock.advance(21 * 60 * 1000);
    // In small steps, so that the other messages do not expire during a slow sweep.
    await advanceUntil(() => log.oldest() > 1, 500);
    expect(log.oldest()).toBe(4);
    expect(textsOf(await log.read(0, everything))).toEqual(['new 0', 'new 1']);
  });

  describe('by age', () => {
    const keep = { milliseconds: 90 * dayMs };
    const reported: string[] = [];
    const reports = {
      ...silentReports,
      onClockDoubted: (aheadMs: number) => reported.push(`${Math.round(aheadMs / dayMs)} days ahead`),
      onClockBelieved: () => reported.push('believed'),
    };
    /** Counts sweeps, each of which ends with a scan for remains below the oldest message. */
    let sweeps = 0;
    const openStore = async (path: string): Promise<OrderedStore> => {
      const store = await openLevelStore(path);
      return {
        ...store,
        async scan(options, accept) {
          const isSweep = !options.reverse && Buffer.compare(options.from, commitKey(0)) === 0;
          const ended = await store.scan(options, accept);
          if (isSweep) sweeps++;
          return ended;
        },
      };
    };
    const openKeeping = (): Promise<MessageLog> => open({ keep, reports, openStore });
    const untilSwept = async (): Promise<void> => {
      const before = sweeps;
      // A sweep in progress may have read the clock already.
      await advanceUntil(() => sweeps >= before + 3, 500);
    };
    const pass = async (milliseconds: number): Promise<void> => {
      await clock.advance(milliseconds);
      await untilSwept();
    };

    beforeEach(() => {
      reported.length = 0;
    });

    test('removes nothing while the clock is ten years ahead, and reports that once', async () => {
      const first = await openKeeping();
      await appendMany(first, 50);
      await first.close();
      clock.jump(3650 * dayMs);
      const log = await openKeeping();
      await untilSwept();
      expect(reported).toEqual(['3650 days ahead']);
      clock.jump(-3650 * dayMs);
      await untilSwept();
      expect(reported).toEqual(['3650 days ahead', 'believed']);
      clock.jump(3650 * dayMs);
      await untilSwept();
      expect(reported).toEqual(['3650 days ahead', 'believed', '3650 days ahead']);
      expect(log.oldest()).toBe(1);
      expect(sequencesOf(await log.read(0, everything))).toHaveLength(50);
    });

    test('keeps messages until they expire by the right time after the clock is set back', async () => {
      const log = await openKeeping();
      await appendMany(log, 3);
      clock.jump(-365 * dayMs);
      await pass(89 * dayMs);
      clock.jump(365 * dayMs);
      await untilSwept();
      expect(log.oldest()).toBe(1);
      await pass(dayMs);
      expect(log.oldest()).toBe(4);
    });

    test('removes expired messages from a room without new ones', async () => {
      const log = await openKeeping();
      await appendMany(log, 3);
      await pass(90 * dayMs - hourMs);
      expect(log.oldest()).toBe(1);
      await pass(2 * hourMs);
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual([]);
    });

    test('waits until the clock has run evenly for a day after a stop of over a tenth of the retention time', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      clock.jump(100 * dayMs);
      const log = await openKeeping();
      await pass(dayMs - hourMs);
      expect(log.oldest()).toBe(1);
      await pass(2 * hourMs);
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual(['100 days ahead', 'believed']);
    });

    test('adds up that day across restarts, as on a machine that is switched off at night', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      clock.jump(100 * dayMs);
      for (let session = 0; session < 3; session++) {
        const log = await openKeeping();
        await pass(dayMs / 3 + hourMs);
        expect(log.oldest()).toBe(session < 2 ? 1 : 4);
        await log.close();
        clock.jump((dayMs * 2) / 3);
      }
    });

    test('does not wait after a machine slept or was off for a few days', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      for (let week = 0; week < 12; week++) {
        clock.jump(7 * dayMs);
        await untilSwept();
      }
      await first.close();
      clock.jump(6 * dayMs);
      const log = await openKeeping();
      await untilSwept();
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual([]);
    });

    test('is not delayed by messages that were written while the clock was ahead', async () => {
      const log = await openKeeping();
      clock.jump(3650 * dayMs);
      await appendMany(log, 2);
      clock.jump(-3650 * dayMs);
      await appendMany(log, 2);
      await pass(90 * dayMs);
      expect(log.oldest()).toBe(5);
    });

    test('keeps messages that were written while the clock was behind after it is corrected', async () => {
      const first = await openKeeping();
      await appendMany(first, 1);
      await pass(89 * dayMs);
      await first.close();
      clock.jump(-20_000 * dayMs);
      const log = await openKeeping();
      await appendMany(log, 1);
      await log.close();
      clock.jump(20_000 * dayMs);
      const again = await openKeeping();
      await pass(2 * dayMs);
      expect(again.oldest()).toBe(2);
    });

    test('uses the time of the newest message in a log of an earlier version', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      const database = new ClassicLevel(directory);
      await database.del('mclock');
      await database.close();
      clock.jump(3650 * dayMs);
      const log = await openKeeping();
      await untilSwept();
      expect(log.oldest()).toBe(1);
      expect(reported).toEqual(['3650 days ahead']);
    });
  });

  test('removes entries from the disk for ever and reuses no sequence', async () => {
    const keep = { milliseconds: 1000 };
    const log = await open({ keep });
    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(text('old', { id: `${index}` }))));
    await advanceUntil(() => log.oldest() === 501, sweepIntervalMs);
    expect(await log.readBefore(0, 10, everything)).toEqual([]);
    await log.close();
    const database = new ClassicLevel(directory);
    expect(await database.keys({ gte: 'c', lt: 'f' }).all()).toEqual([]);
    await database.close();
    const gaps: Gap[] = [];
    const again = await open({ keep, reports: { ...silentReports, onGap: (gap) => gaps.push(gap) } });
    expect(again.head()).toBe(500);
    expect(again.oldest()).toBe(501);
    expect(await findId(again, 'ada', '7')).toBe(8);
    expect((await again.append(text('new'))).sequence).toBe(501);
    expect(gaps).toEqual([]);
  });
});

test('the newest removed message can be compared with a cursor, also after a restart', async () => {
  const keep = { milliseconds: 1000 };
  const log = await open({ keep });
  await appendMany(log, 5);
  const [newest] = decodeMessages((await log.readBefore(0, 1, everything))[0]?.bytes ?? new Uint8Array(0));
  const dropped = { sequence: 5, digest: newest && messageDigest(newest) };
  expect(log.newestDropped()).toBeUndefined();
  await advanceUntil(() => log.oldest() === 6, sweepIntervalMs);
  expect(log.newestDropped()).toEqual(dropped);
  await log.close();
  const again = await open({ keep });
  expect(again.newestDropped()).toEqual(dropped);
  const digests = createDigests(again);
  expect(await digests.at(5)).toBe(dropped.digest);
  expect(await digests.at(4)).toBeUndefined();
});

describe('a failing store', () => {
  /** Makes writes to the real database fail or hang. */
  type Fault = (write: () => Promise<void>) => Promise<void>;
  let fault: Fault | undefined;
  const openStore = async (path: string): Promise<OrderedStore> => {
    const store = await openLevelStore(path);
    return {
      ...store,
      write: (operations) => (fault ? fault(() => store.write(operations)) : store.write(operations)),
    };
  };
  const fullDisk: Fault = () => Promise.reject(new Error('no space left on device'));

  afterEach(() => {
    fault = undefined;
  });

  test('rejects appends, can be read, and recovers', async () => {
    const reports: string[] = [];
    const log = await open({
      openStore,
      reports: {
        ...silentReports,
        onUnwritable: (error) => reports.push(String(error)),
        onWritable: () => reports.push('writable'),
      },
    });
    await appendMany(log, 3);
    fault = fullDisk;
    const refused = [
      log.append(text('a', { id: 'x' })),
      log.append(text('b', { id: 'x' })),
      log.append(text('c')),
    ];
    for (const append of refused) await expect(append).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(log.append(text('d'))).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(log.storageProblem()).toBeDefined();
    expect(await findId(log, 'ada', 'x')).toBeUndefined();
    expect(textsOf(await log.read(0, everything))).toEqual(['text 0', 'text 1', 'text 2']);
    expect(sequencesOf(await log.readBefore(3, 9, everything))).toEqual([2, 1]);

    fault = undefined;
    await advanceUntil(() => log.storageProblem() === undefined, recoveryIntervalMs);
    expect(await log.append(text('a', { id: 'x' }))).toEqual({ sequence: 4, duplicate: false });
    expect(reports).toEqual(['Error: no space left on device', 'writable']);
    expect((await readdir(directory)).filter((name) => name.includes('probe'))).toEqual([]);
  });

  test('shows a message that it stored without confirmation once, and a retry does not duplicate it', async () => {
    const log = await open({ openStore });
    await appendMany(log, 3);
    fault = async (write) => {
      await write();
      throw new Error('the answer was lost');
    };
    await expect(log.append(text('lost', { id: 'x' }))).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(log.head()).toBe(3);
    const woken = log.waitAfter(3, new AbortController().signal);

    fault = undefined;
    await advanceUntil(() => log.storageProblem() === undefined, recoveryIntervalMs);
    await woken;
    expect(await log.append(text('lost', { id: 'x' }))).toEqual({ sequence: 4, duplicate: true });
    expect((await log.append(text('next'))).sequence).toBe(5);
    expect(textsOf(await log.read(3, everything))).toEqual(['lost', 'next']);
  });

  test('is opened again until it works', async () => {
    let openings = 0;
    let broken = false;
    const log = await open({
      async openStore(path) {
        openings++;
        if (broken) throw new Error('still full');
        return openStore(path);
      },
    });
    await appendMany(log, 3);
    fault = fullDisk;
    broken = true;
    await expect(log.append(text('a'))).rejects.toMatchObject({ code: 'store-unavailable' });
    await advanceUntil(() => openings >= 3, recoveryIntervalMs);
    expect(log.storageProblem()).toBeDefined();
    expect(textsOf(await log.read(1, everything))).toEqual(['text 1', 'text 2']);
    fault = undefined;
    broken = false;
    await advanceUntil(() => log.storageProblem() === undefined, recoveryIntervalMs);
    expect((await log.append(text('b'))).sequence).toBe(4);
  });

  test('rejects appends in time while it hangs, and a late success stores the message once', async () => {
    const log = await open({ openStore });
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    let isHanging = false;
    fault = async (write) => {
      isHanging = true;
      await hung;
      await write();
    };
    const first = log.append(text('slow', { id: 'x' }));
    await advanceUntil(() => isHanging, 0);
    const queued = log.append(text('queued'));
    const answers = Promise.allSettled([first, queued]);
    await clock.advance(appendTimeoutMs);
    expect(await answers).toMatchObject([
      { reason: { code: 'store-unavailable' } },
      { reason: { code: 'store-unavailable' } },
    ]);
    expect(log.storageProblem()).toBeDefined();
    fault = undefined;
    release();
    await log.waitAfter(0, new AbortController().signal);
    await advanceUntil(() => log.storageProblem() === undefined, 0);
    expect(await log.append(text('slow', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
    expect(textsOf(await log.read(0, everything))).toEqual(['slow']);
  });

  test('does not prevent the log from closing while it hangs', async () => {
    const log = await openLevelLog({ directory, clock, reports: silentReports, openStore });
    let release: () => void = () => undefined;
    const hung = new Promise<void>((resolve) => (release = resolve));
    fault = () => hung;
    const refused = expect(log.append(text('slow'))).rejects.toMatchObject({ code: 'store-unavailable' });
    const closed = log.close();
    await clock.advance(appendTimeoutMs);
    await closed;
    await refused;
    release();
  });
});

describe('a damaged log', () => {
  const gaps: Gap[] = [];
  const reports = { ...silentReports, onGap: (gap: Gap): void => void gaps.push(gap) };

  beforeEach(async () => {
    gaps.length = 0;
    const log = await openLevelLog({ directory, clock, reports: silentReports });
    for (let index = 0; index < 100; index++) {
      await log.append(text(`${index} ${randomBytes(750).toString('base64')}`, { id: `${index}` }));
    }
    await log.close();
  });

  const missing = (found: readonly number[]): number[] =>
    Array.from({ length: 100 }, (_, index) => index + 1).filter((sequence) => !found.includes(sequence));
  const sequencesInGaps = (): number[] =>
    gaps.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

  test("reports damage in the database's log when opening, and reads on behind it with the same sequences", async () => {
    await damageFile(directory, '.log');
    const log = await open({ reports });
    const found = sequencesOf(await log.read(0, everything));
    expect(sequencesInGaps().filter((sequence) => sequence <= 100)).toEqual(missing(found));
    expect(found).toContain(1);
    expect(found).toContain(100);
    expect(sequencesOf(await log.readBefore(0, 100, everything))).toEqual(found.toReversed());
    // The lost part may have been at the end too, so those sequences are skipped and reported.
    const highest = Math.max(...sequencesInGaps());
    const { sequence } = await log.append(text('next'));
    expect(sequence).toBe(highest + 1);
    expect(sequence).toBeGreaterThan(100);
    await log.close();
    const again = await open({ reports });
    expect(sequencesOf(await again.read(99, everything))).toEqual([100, sequence]);
  });

  test('reports damage in a table when it is read, and returns only intact entries', async () => {
    await (await openLevelLog({ directory, clock, reports })).close();
    expect(gaps).toEqual([]);
    await damageFile(directory, '.ldb');
    const log = await open({ reports });
    const found = sequencesOf(await log.read(0, everything));
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(missing(found).length).toBeGreaterThan(0);
    expect(found).toContain(100);
    expect(sequencesInGaps()).toEqual(missing(found));
    expect(sequencesOf(await log.readBefore(0, 100, everything))).toEqual(found.toReversed());
    expect((await log.append(text('next'))).sequence).toBe(101);
  });

  test('does not reuse the sequences of lost newest messages', async () => {
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    await database.batch([98, 99, 100].map((sequence) => ({ type: 'del', key: entryKey(sequence) })));
    await database.close();
    const log = await open({ reports });
    expect(gaps).toEqual([{ from: 98, to: 100 }]);
    expect(log.head()).toBe(97);
    expect((await log.append(text('next'))).sequence).toBe(101);
    expect(sequencesOf(await log.read(96, everything))).toEqual([97, 101]);
  });

  test('reports an old gap once, from a scan in the background', async () => {
    const log = await open();
    for (let group = 0; group < 11; group++) await appendMany(log, 1000);
    await log.close();
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    await database.batch(
      [40, 41].flatMap((sequence) => [
        { type: 'del' as const, key: entryKey(sequence) },
        { type: 'del' as const, key: commitKey(sequence) },
      ]),
    );
    await database.close();
    const again = await open({ reports });
    await advanceUntil(() => gaps.length > 0, 20);
    expect(sequencesOf(await again.read(38, 5000)).slice(0, 2)).toEqual([39, 42]);
    expect(gaps).toEqual([{ from: 40, to: 41 }]);
  });
});
