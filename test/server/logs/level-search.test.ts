import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeEntry, encodeUnsequenced } from '../../../src/shared/codec.js';
import { contentType, plainPlacement } from '../../../src/shared/message.js';
import { pageSize, pagesBefore } from '../../../src/server/messages/backward.js';
import { lobbyMessages, type Entry, type MessageLog } from '../../../src/server/messages/message-log.js';
import { lobbyScope } from '../../support/lobby-scope.js';
import { search } from '../../../src/server/messages/search.js';
import { createRoomIndex } from '../../../src/server/logs/level/room-index.js';
import { createLogTail } from '../../../src/server/logs/log-tail.js';
import { openLevelLog } from '../../../src/server/logs/level/level-log.js';
import { createLevelReader } from '../../../src/server/logs/level/level-reader.js';
import { del, entryKey, entryRange, put } from '../../../src/server/logs/level/level-records.js';
import { openLevelStore } from '../../../src/server/logs/level/level-store.js';
import type { OrderedStore } from '../../../src/server/logs/level/ordered-store.js';
import { sequencesOf, text } from '../../contract/message-log.js';
import { manualClock } from '../../support/manual-clock.js';
import { damageFile } from './damage-file.js';
import { silentReports } from './level-directory.js';

const count = pageSize.maxCount * 4;
const never = new AbortController().signal;
const words = ['hay', 'ÜBUNG', 'übung', 'İstanbul', 'ΟΔΟΣ', 'οδος Α', 'STRASSE straße', 'Привет', ''];

let directory: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-search-'));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await rm(directory, { recursive: true });
});

async function openStore(): Promise<OrderedStore> {
  const store = await openLevelStore(directory);
  opened.push(store);
  return store;
}

async function openLog(open = openLevelStore): Promise<MessageLog> {
  const log = await openLevelLog({
    directory,
    clock: manualClock(),
    reports: silentReports,
    openStore: open,
  });
  opened.push(log);
  return log;
}

const entryOf = (sequence: number, content: string): Uint8Array =>
  encodeEntry(text(content).message(), sequence);

async function fill(store: OrderedStore): Promise<void> {
  const sequences = Array.from({ length: count }, (_, index) => index + 1);
  await store.write(
    sequences.map((one) => put(entryKey(one), entryOf(one, `${words[one % words.length] ?? ''} ${one}`))),
  );
}

/** The plain and the filtered reader of a store, from sequence 3 without a tail buffer, and the gaps they report. */
function readersOf(store: OrderedStore) {
  const reader = (reported: Set<string>) =>
    createLevelReader({
      store,
      tail: createLogTail({ head: count, oldest: 3, newest: [] }),
      rooms: createRoomIndex(store, ({ from, to }) => {
        for (let one = from; one <= to; one++) reported.add(String(one));
      }),
    });
  const gaps = { plain: new Set<string>(), filtered: new Set<string>() };
  const { readBefore } = reader(gaps.plain);
  return { gaps, plain: { readBefore }, filtered: reader(gaps.filtered) };
}

async function all<Found extends Entry>(pages: AsyncIterable<readonly Found[]>): Promise<Found[]> {
  const entries: Found[] = [];
  for await (const page of pages) entries.push(...page);
  return entries;
}

async function found(
  log: Pick<MessageLog, 'readBefore' | 'prefiltered'>,
  query: { text: string; before: number; limit: number },
): Promise<number[]> {
  const sequences: number[] = [];
  for await (const entries of search(log, query, lobbyScope, never)) sequences.push(...sequencesOf(entries));
  return sequences;
}

test('both readers find texts that are equal when folded, also if they begin with a mark', async () => {
  const store = await openStore();
  // 101 bytes long: its length byte is the letter e, with which the mark would be composed.
  const marked = `\u0301${'x'.repeat(99)}`;
  const texts = ['cafe\u0301', 'STRASSE', 'İSTANBUL', 'οδοσ', marked];
  await store.write(
    Array.from({ length: count }, (_, index) =>
      put(entryKey(index + 1), entryOf(index + 1, texts[(index + 1) % 1000] ?? 'hay')),
    ),
  );
  await store.compact(entryRange(0, count + 1));
  const { plain, filtered } = readersOf(store);
  for (const [index, wanted] of ['CAFÉ', 'straße', 'istanbul', 'ΟΔΟΣ', '\u0301xx'].entries()) {
    const query = { text: wanted, before: 0, limit: count };
    const sequences = await found(plain, query);
    expect(sequences).toContain(1000 + index);
    expect(await found(filtered, query)).toEqual(sequences);
  }
});

test('both readers find the same messages in any script, range and number', async () => {
  const store = await openStore();
  await fill(store);
  await store.write([1700, 1204, 1203, 900, 2].map((sequence) => del(entryKey(sequence))));
  const { plain, filtered } = readersOf(store);
  const queries = fc.record({
    text: fc.oneof(
      fc.constantFrom('übung', 'i̇stanbul', 'οδος', 'οδοσ', 'straße', 'ПРИВЕТ', 'Hay 9', 'absent'),
      fc.string({ minLength: 1, maxLength: 3 }),
    ),
    before: fc.integer({ min: 0, max: count + 1 }),
    limit: fc.integer({ min: 1, max: count }),
  });
  await fc.assert(
    fc.asyncProperty(queries, async (query) => {
      expect(await found(filtered, query)).toEqual(await found(plain, query));
    }),
    { numRuns: 40 },
  );
});

test('both readers skip and report damaged, missing and misplaced values', async () => {
  const store = await openStore();
  await fill(store);
  await store.write([
    put(entryKey(1900), Uint8Array.of(0x0a, 0xff)),
    put(entryKey(1300), entryOf(1301, 'misplaced')),
    put(entryKey(1250), Buffer.concat([entryOf(1250, 'two'), entryOf(1250, 'in one')])),
    ...[1000, 999, 998, 3].map((sequence) => del(entryKey(sequence))),
  ]);
  const { plain, filtered, gaps } = readersOf(store);
  const expected = await all(pagesBefore(plain, 0, lobbyMessages));
  expect(expected).toHaveLength(count - 2 - 7);
  expect(await all(filtered.prefiltered(0, ''))).toEqual(expected);
  expect(gaps.filtered).toEqual(gaps.plain);
  expect([...gaps.filtered].toSorted()).toEqual(['1000', '1250', '1300', '1900', '3', '998', '999']);
});

test('both readers report a damaged part of a table and read the rest', async () => {
  const filled = await openLevelStore(directory);
  await fill(filled);
  await filled.close();
  // Opening moves the entries in LevelDB's log to a table.
  await (await openLevelStore(directory)).close();
  await damageFile(directory, '.ldb');
  const { plain, filtered, gaps } = readersOf(await openStore());
  const expected = await all(pagesBefore(plain, 0, lobbyMessages));
  expect(gaps.plain.size).toBeGreaterThan(0);
  expect(expected).toHaveLength(count - 2 - gaps.plain.size);
  expect(sequencesOf(await all(filtered.prefiltered(0, '')))).toEqual(sequencesOf(expected));
  expect(gaps.filtered).toEqual(gaps.plain);
});

test('a search decodes only entries that may contain the text, and makes no string of an image', async () => {
  const store = await openStore();
  await fill(store);
  const image = encodeUnsequenced({
    timestamp: 1,
    content: randomBytes(200_000),
    type: contentType.image,
    from: 'ada',
    id: '',
  });
  const images = [1800, 1799, 1001, 500, 3];
  await store.write(images.map((one) => put(entryKey(one), encodeEntry(image, one))));
  await store.write([put(entryKey(700), entryOf(700, 'Needle'))]);
  await store.close();
  const watched = await openStore();
  let maxLength = 0;
  let checked = 0;
  let scans = 0;
  const { filtered } = readersOf({
    ...watched,
    async texts(range) {
      const texts = await watched.texts(range);
      checked += texts.length;
      for (const { length } of texts) maxLength = Math.max(maxLength, length);
      return texts;
    },
    scan(...args) {
      scans++;
      return watched.scan(...args);
    },
  });
  expect(await found(filtered, { text: 'needle', before: 0, limit: 5 })).toEqual([700]);
  expect(maxLength).toBeLessThan(1000);
  expect(checked).toBeGreaterThan(count - 200);
  expect(scans).toBeLessThan(20);
});

test('a search reads the newest entries from memory and makes no string of an image', async () => {
  let checked = 0;
  const log = await openLog(async (path) => {
    const store = await openLevelStore(path);
    return { ...store, texts: (range) => (checked++, store.texts(range)) };
  });
  await log.append(text('needle'));
  const image = { timestamp: 1, content: randomBytes(200_000), type: contentType.image, from: 'ada', id: '' };
  await log.append({ message: () => encodeUnsequenced(image), author: 'ada', id: '', ...plainPlacement });
  expect(await found(log, { text: 'needle', before: 0, limit: 5 })).toEqual([1]);
  expect(checked).toBe(0);
});

test('a search finds a message as soon as it is stored, and also the oldest one', async () => {
  const log = await openLog();
  await Promise.all(Array.from({ length: count }, (_, index) => log.append(text(`${index + 1} hay`))));
  const { sequence } = await log.append(text('NEW hay'));
  expect(await found(log, { text: 'new HAY', before: 0, limit: 5 })).toEqual([sequence]);
  expect(await found(log, { text: '1 hay', before: 12, limit: 5 })).toEqual([11, 1]);
});

test('a search ends when it is cancelled', async () => {
  const log = await openLog();
  await Promise.all(Array.from({ length: count }, () => log.append(text('hay'))));
  const cancel = new AbortController();
  const searching = search(log, { text: 'hay', before: 0, limit: count }, lobbyScope, cancel.signal);
  expect((await searching.next()).value).toContainEqual(expect.objectContaining({ sequence: count }));
  cancel.abort(new Error('enough'));
  await expect(searching.next()).rejects.toThrow('enough');
});

test('a closing store does not wait for a search, which ends with an error', async () => {
  const store = await openStore();
  await fill(store);
  const query = { text: 'hay', before: 0, limit: count };
  const { filtered } = readersOf(store);
  const idle = search(filtered, query, lobbyScope, never);
  await idle.next();
  const busy = search(filtered, query, lobbyScope, never);
  await busy.next();
  const page = Promise.allSettled([busy.next()]);
  await store.close();
  await page;
  await expect(all(idle)).rejects.toMatchObject({ code: 'store-unavailable' });
});
