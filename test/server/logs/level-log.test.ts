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
import { dedupeWindow, type MessageLog } from '../../../src/server/room/message-log.js';
import { createDigests } from '../../../src/server/room/digests.js';
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
import {
  openLevelLog,
  type LevelLogOptions,
  type LevelLogReports,
} from '../../../src/server/logs/level/level-log.js';
import { damageFile } from './damage-file.js';

const silent: LevelLogReports = {
  onGap: () => undefined,
  onRenewed: () => undefined,
  onReadOnly: () => undefined,
  onUnwritable: () => undefined,
  onWritable: () => undefined,
  onUpkeepFailed: () => undefined,
  onClockDoubted: () => undefined,
  onClockBelieved: () => undefined,
};
const everything = 1e9;
const hour = 60 * 60 * 1000;
const day = 24 * hour;

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
  const log = await openLevelLog({ directory, clock, reports: silent, ...options });
  opened.push(log);
  return log;
}

/** Moves the clock on until `condition` holds. */
async function advanceUntil(condition: () => boolean | Promise<boolean>, step: number): Promise<void> {
  while (!(await condition())) await clock.advance(step);
}

describeMessageLog('on disk', true, {
  open: (options) => openLevelLog({ directory, reports: silent, ...options }),
  cleanUp: () => Promise.resolve(),
});

describe('the directory', () => {
  test('is made for its owner only', async () => {
    await open();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('of a running server is refused to a second one, and free again when that has closed', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: `another chat server uses ${directory}`,
    });
    await first.close();
    await expect(open()).resolves.toMatchObject({ logId: first.logId });
  });

  test('with other files is refused and left as it was', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'thesis.txt'), 'mine');
    await expect(open()).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  test('with the database of another program is refused, and its data stay', async () => {
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

  test('in which a first start was cut off is used', async () => {
    await mkdir(directory);
    for (const name of ['LOCK', 'LOG', 'MANIFEST-000001']) await writeFile(join(directory, name), '');
    expect((await open()).head()).toBe(0);
  });

  test('whose CURRENT or table files are lost is refused, not started anew', async () => {
    const log = await open();
    await appendMany(log, 10);
    await log.close();
    const current = await readFile(join(directory, 'CURRENT'));
    await rm(join(directory, 'CURRENT'));
    await expect(open()).rejects.toMatchObject({ code: 'data-directory' });
    await writeFile(join(directory, 'CURRENT'), current);
    // Opening moves what is in LevelDB's log into a table.
    await (await open()).close();
    const table = (await readdir(directory)).find((name) => name.endsWith('.ldb')) ?? '';
    await rm(join(directory, table));
    await expect(open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining('damaged'),
    });
  });
});

describe('a directory with a file that is another one', () => {
  const stored = join(import.meta.dirname, 'data-version-1', 'log');
  const copyOf = (name: string) => readFile(join(stored, name));
  const log = '000006.log';
  const table = '000005.ldb';

  test.each<[string, string, () => Promise<Uint8Array> | Uint8Array]>([
    ["LevelDB's log is its manifest", log, () => copyOf('MANIFEST-000004')],
    ["LevelDB's log is there twice", log, async () => Buffer.concat([await copyOf(log), await copyOf(log)])],
    ['a table is empty', table, () => new Uint8Array(0)],
    ['a table is cut off', table, async () => (await copyOf(table)).subarray(0, 1000)],
    ['a table is a log', table, () => copyOf(log)],
    ['a table is random', table, () => randomBytes(2543)],
    ['the manifest is empty', 'MANIFEST-000004', () => new Uint8Array(0)],
    ['CURRENT names no file', 'CURRENT', () => Buffer.from('MANIFEST-000099\n')],
    ['CURRENT names a directory', 'CURRENT', () => Buffer.from('../..\n')],
  ])('is refused as damaged, and its files stay, where %s', async (_, name, content) => {
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

  test('is opened where LevelDB can tell what is damaged', async () => {
    await cp(stored, directory, { recursive: true });
    const bytes = await copyOf(log);
    bytes[400] = (bytes[400] ?? 0) ^ 0xff;
    await writeFile(join(directory, log), bytes);
    expect((await open()).head()).toBeGreaterThanOrEqual(30);
  });
});

test('a log of large and small writes is replayed', async () => {
  const first = await open();
  for (const size of [1, 32_700, 32_768, 100_000, 2_000_000, 5]) await first.append(text('x'.repeat(size)));
  // As a killed process leaves it.
  const copy = join(base, 'copy');
  await cp(directory, copy, { recursive: true });
  const names = (await readdir(copy)).filter((name) => name.endsWith('.log'));
  expect(await Promise.all(names.map((name) => canBeReplayed(join(copy, name))))).toEqual([true]);
  expect((await open({ directory: copy })).head()).toBe(6);
});

test('a start loads the newest messages only, and older pages come from the disk', async () => {
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

test('an id is forgotten when its time is over, also across openings', async () => {
  const log = await open();
  await log.append(text('first', { id: 'x' }));
  await clock.advance(dedupeWindow.maxAgeMs);
  await log.close();
  expect(await findId(await open(), 'ada', 'x')).toBeUndefined();
});

test('ids that have left the window are removed from the disk as new ones come', async () => {
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
    // Each is too old when the next ones come.
    await clock.advance(dedupeWindow.maxAgeMs);
  }
  expect(await countIds()).toBeLessThan(9000);
});

describe('keeping only so much', () => {
  test('by size: the oldest go, never so that less is left than was asked for', async () => {
    const log = await open({ keep: { bytes: 20_000 } });
    for (let count = 0; count < 100; count++) await log.append(text('x'.repeat(1000)));
    await advanceUntil(() => log.oldest() > 1, sweepIntervalMs);
    const kept = await log.read(0, everything);
    expect(kept[0]?.sequence).toBe(log.oldest());
    const bytes = kept.reduce((sum, entry) => sum + entry.bytes.length, 0);
    expect(bytes).toBeGreaterThanOrEqual(20_000);
    expect(bytes).toBeLessThan(22_000);
  });

  test('by age: by the time of arrival, not by the time that a sender claims', async () => {
    const log = await open({ keep: { milliseconds: 60 * 60 * 1000 } });
    await appendMany(log, 3, 'old');
    await clock.advance(40 * 60 * 1000);
    await appendMany(log, 2, 'new');
    await clock.advance(21 * 60 * 1000);
    // In small steps: a slow disk must not make the rest of age too.
    await advanceUntil(() => log.oldest() > 1, 500);
    expect(log.oldest()).toBe(4);
    expect(textsOf(await log.read(0, everything))).toEqual(['new 0', 'new 1']);
  });

  describe('by age, where the clock is wrong', () => {
    const keep = { milliseconds: 90 * day };
    const reported: string[] = [];
    const reports = {
      ...silent,
      onClockDoubted: (aheadMs: number) => reported.push(`${Math.round(aheadMs / day)} days ahead`),
      onClockBelieved: () => reported.push('believed'),
    };
    /** Each sweep ends with a look for what is left below the oldest message. */
    let sweeps = 0;
    const openStore = async (path: string): Promise<OrderedStore> => {
      const store = await openLevelStore(path);
      return {
        ...store,
        async scan(options, take) {
          const isSweep = !options.reverse && Buffer.compare(options.from, commitKey(0)) === 0;
          const ended = await store.scan(options, take);
          if (isSweep) sweeps++;
          return ended;
        },
      };
    };
    const openKeeping = (): Promise<MessageLog> => open({ keep, reports, openStore });
    const swept = async (): Promise<void> => {
      const before = sweeps;
      // One that was under way may have looked at the clock before.
      await advanceUntil(() => sweeps >= before + 3, 500);
    };
    const pass = async (milliseconds: number): Promise<void> => {
      await clock.advance(milliseconds);
      await swept();
    };

    beforeEach(() => {
      reported.length = 0;
    });

    test('nothing goes while it is ten years ahead, from the start or suddenly; that is reported once', async () => {
      const first = await openKeeping();
      await appendMany(first, 50);
      await first.close();
      clock.jump(3650 * day);
      const log = await openKeeping();
      await swept();
      expect(reported).toEqual(['3650 days ahead']);
      clock.jump(-3650 * day);
      await swept();
      expect(reported).toEqual(['3650 days ahead', 'believed']);
      clock.jump(3650 * day);
      await swept();
      expect(reported).toEqual(['3650 days ahead', 'believed', '3650 days ahead']);
      expect(log.oldest()).toBe(1);
      expect(sequencesOf(await log.read(0, everything))).toHaveLength(50);
    });

    test('a clock that is set back keeps messages until they are of age by the right time', async () => {
      const log = await openKeeping();
      await appendMany(log, 3);
      clock.jump(-365 * day);
      await pass(89 * day);
      clock.jump(365 * day);
      await swept();
      expect(log.oldest()).toBe(1);
      await pass(day);
      expect(log.oldest()).toBe(4);
    });

    test('in a room where nobody writes messages go when they are of age', async () => {
      const log = await openKeeping();
      await appendMany(log, 3);
      await pass(90 * day - hour);
      expect(log.oldest()).toBe(1);
      await pass(2 * hour);
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual([]);
    });

    test('after a time off that is longer than a tenth of it, they go when the clock has run evenly for a day', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      clock.jump(100 * day);
      const log = await openKeeping();
      await pass(day - hour);
      expect(log.oldest()).toBe(1);
      await pass(2 * hour);
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual(['100 days ahead', 'believed']);
    });

    test('that day counts across restarts, as on a machine that is switched off at night', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      clock.jump(100 * day);
      for (let session = 0; session < 3; session++) {
        const log = await openKeeping();
        await pass(day / 3 + hour);
        expect(log.oldest()).toBe(session < 2 ? 1 : 4);
        await log.close();
        clock.jump((day * 2) / 3);
      }
    });

    test('a machine that sleeps, or is off, for a few days at a time waits for nothing', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      for (let week = 0; week < 12; week++) {
        clock.jump(7 * day);
        await swept();
      }
      await first.close();
      clock.jump(6 * day);
      const log = await openKeeping();
      await swept();
      expect(log.oldest()).toBe(4);
      expect(reported).toEqual([]);
    });

    test('messages that were written while it was ahead do not keep the later ones for longer', async () => {
      const log = await openKeeping();
      clock.jump(3650 * day);
      await appendMany(log, 2);
      clock.jump(-3650 * day);
      await appendMany(log, 2);
      await pass(90 * day);
      expect(log.oldest()).toBe(5);
    });

    test('messages that were written while it was behind are not of age when it is set right', async () => {
      const first = await openKeeping();
      await appendMany(first, 1);
      await pass(89 * day);
      await first.close();
      clock.jump(-20_000 * day);
      const log = await openKeeping();
      await appendMany(log, 1);
      await log.close();
      clock.jump(20_000 * day);
      const again = await openKeeping();
      await pass(2 * day);
      expect(again.oldest()).toBe(2);
    });

    test('a log of an earlier version takes the time from its newest message', async () => {
      const first = await openKeeping();
      await appendMany(first, 3);
      await first.close();
      const database = new ClassicLevel(directory);
      await database.del('mclock');
      await database.close();
      clock.jump(3650 * day);
      const log = await openKeeping();
      await swept();
      expect(log.oldest()).toBe(1);
      expect(reported).toEqual(['3650 days ahead']);
    });
  });

  test('what was dropped is removed from the disk, stays gone, and its numbers are not given again', async () => {
    const keep = { milliseconds: 1000 };
    const log = await open({ keep });
    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(text('old', { id: `${index}` }))));
    await advanceUntil(() => log.oldest() === 501, sweepIntervalMs);
    expect(await log.readBefore(0, 10, everything)).toEqual([]);
    await log.close();
    const database = new ClassicLevel(directory);
    expect(await database.keys({ gte: 'c', lt: 'f' }).all()).toEqual([]);
    await database.close();
    const holes: Gap[] = [];
    const again = await open({ keep, reports: { ...silent, onGap: (hole) => holes.push(hole) } });
    expect(again.head()).toBe(500);
    expect(again.oldest()).toBe(501);
    expect(await findId(again, 'ada', '7')).toBe(8);
    expect((await again.append(text('new'))).sequence).toBe(501);
    expect(holes).toEqual([]);
  });
});

test('the newest message that was dropped can be compared with a cursor, also after a restart', async () => {
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

describe('a store that fails', () => {
  /** The real database behind writes that can be made to fail or to hang. */
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

  test('refuses what is appended, goes on reading, and heals', async () => {
    const reports: string[] = [];
    const log = await open({
      openStore,
      reports: {
        ...silent,
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
    expect(log.writable()).toBe(false);
    expect(await findId(log, 'ada', 'x')).toBeUndefined();
    expect(textsOf(await log.read(0, everything))).toEqual(['text 0', 'text 1', 'text 2']);
    expect(sequencesOf(await log.readBefore(3, 9, everything))).toEqual([2, 1]);

    fault = undefined;
    await advanceUntil(() => log.writable(), recoveryIntervalMs);
    expect(await log.append(text('a', { id: 'x' }))).toEqual({ sequence: 4, duplicate: false });
    expect(reports).toEqual(['Error: no space left on device', 'writable']);
    expect((await readdir(directory)).filter((name) => name.includes('probe'))).toEqual([]);
  });

  test('may have stored what it failed to confirm: that appears once, and a retry does not double it', async () => {
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
    await advanceUntil(() => log.writable(), recoveryIntervalMs);
    await woken;
    expect(await log.append(text('lost', { id: 'x' }))).toEqual({ sequence: 4, duplicate: true });
    expect((await log.append(text('next'))).sequence).toBe(5);
    expect(textsOf(await log.read(3, everything))).toEqual(['lost', 'next']);
  });

  test('is tried again until it works', async () => {
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
    expect(log.writable()).toBe(false);
    expect(textsOf(await log.read(1, everything))).toEqual(['text 1', 'text 2']);
    fault = undefined;
    broken = false;
    await advanceUntil(() => log.writable(), recoveryIntervalMs);
    expect((await log.append(text('b'))).sequence).toBe(4);
  });

  test('that hangs is answered for in time; when it ends well after all, the message is there once', async () => {
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
    expect(log.writable()).toBe(false);
    fault = undefined;
    release();
    await log.waitAfter(0, new AbortController().signal);
    await advanceUntil(() => log.writable(), 0);
    expect(await log.append(text('slow', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
    expect(textsOf(await log.read(0, everything))).toEqual(['slow']);
  });

  test('that hangs does not keep the log from closing', async () => {
    const log = await openLevelLog({ directory, clock, reports: silent, openStore });
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

describe('damage', () => {
  const holes: Gap[] = [];
  const reports = { ...silent, onGap: (hole: Gap): void => void holes.push(hole) };

  beforeEach(async () => {
    holes.length = 0;
    const log = await openLevelLog({ directory, clock, reports: silent });
    for (let index = 0; index < 100; index++) {
      await log.append(text(`${index} ${randomBytes(750).toString('base64')}`, { id: `${index}` }));
    }
    await log.close();
  });

  const missing = (found: readonly number[]): number[] =>
    Array.from({ length: 100 }, (_, index) => index + 1).filter((sequence) => !found.includes(sequence));
  const spread = (): number[] =>
    holes.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

  test("in the database's log is reported when opening; readers go on behind it, and nothing is renumbered", async () => {
    await damageFile(directory, '.log');
    const log = await open({ reports });
    const found = sequencesOf(await log.read(0, everything));
    expect(spread().filter((sequence) => sequence <= 100)).toEqual(missing(found));
    expect(found).toContain(1);
    expect(found).toContain(100);
    expect(sequencesOf(await log.readBefore(0, 100, everything))).toEqual(found.toReversed());
    // What was dropped could have stood at the end as well: those numbers are left out, and named.
    const highest = Math.max(...spread());
    const { sequence } = await log.append(text('next'));
    expect(sequence).toBe(highest + 1);
    expect(sequence).toBeGreaterThan(100);
    await log.close();
    const again = await open({ reports });
    expect(sequencesOf(await again.read(99, everything))).toEqual([100, sequence]);
  });

  test('in a table is reported when met; what can be read is read, and nothing broken is handed out', async () => {
    await (await openLevelLog({ directory, clock, reports })).close();
    expect(holes).toEqual([]);
    await damageFile(directory, '.ldb');
    const log = await open({ reports });
    const found = sequencesOf(await log.read(0, everything));
    expect(found).toEqual(found.toSorted((one, other) => one - other));
    expect(missing(found).length).toBeGreaterThan(0);
    expect(found).toContain(100);
    expect(spread()).toEqual(missing(found));
    expect(sequencesOf(await log.readBefore(0, 100, everything))).toEqual(found.toReversed());
    expect((await log.append(text('next'))).sequence).toBe(101);
  });

  test('of the newest messages does not make their numbers free', async () => {
    const database = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
      keyEncoding: 'view',
      valueEncoding: 'view',
    });
    await database.batch([98, 99, 100].map((sequence) => ({ type: 'del', key: entryKey(sequence) })));
    await database.close();
    const log = await open({ reports });
    expect(holes).toEqual([{ from: 98, to: 100 }]);
    expect(log.head()).toBe(97);
    expect((await log.append(text('next'))).sequence).toBe(101);
    expect(sequencesOf(await log.read(96, everything))).toEqual([97, 101]);
  });

  test('far back is found in the background, and told once', async () => {
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
    await advanceUntil(() => holes.length > 0, 20);
    expect(sequencesOf(await again.read(38, 5000)).slice(0, 2)).toEqual([39, 42]);
    expect(holes).toEqual([{ from: 40, to: 41 }]);
  });
});
