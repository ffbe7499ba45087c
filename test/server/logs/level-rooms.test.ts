import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Gap } from '../../../src/server/logs/level/entry-reader.js';
import {
  openLevelLog,
  type LevelLog,
  type LevelLogOptions,
  type LevelLogReports,
} from '../../../src/server/logs/level/level-log.js';
import { createLevelReader } from '../../../src/server/logs/level/level-reader.js';
import {
  del,
  entryKey,
  metaKey,
  put,
  readLog,
  roomPut,
  roomsFrom,
  savedRoomsKey,
} from '../../../src/server/logs/level/level-records.js';
import { openLevelStore } from '../../../src/server/logs/level/level-store.js';
import type { OrderedStore } from '../../../src/server/logs/level/ordered-store.js';
import { sweepIntervalMs } from '../../../src/server/logs/level/retention.js';
import { createRoomIndex } from '../../../src/server/logs/level/room-index.js';
import { createLogTail } from '../../../src/server/logs/log-tail.js';
import { lobbyMessages, pageKinds, type RoomFilter } from '../../../src/server/messages/message-log.js';
import { lobby, messageKind } from '../../../src/shared/message.js';
import { decodeMessages } from '../../../src/shared/codec.js';
import { decodeText, encodeText } from '../../../src/shared/text.js';
import {
  appendMany,
  appendToRooms,
  expectRoomCounts,
  expectRooms,
  findId,
  placementsInRooms,
  sequencesOf,
  text,
  textsOf,
} from '../../contract/message-log.js';
import { describeRoomState } from '../../contract/room-state.js';
import { manualClock, type ManualClock } from '../../support/manual-clock.js';

const everything = 1e9;
const messagesOf = (room: number): RoomFilter => ({ room, kinds: [messageKind.message] });
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

let base: string;
let directory: string;
let clock: ManualClock;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chat-rooms-'));
  directory = join(base, 'log');
  clock = manualClock();
});

afterEach(async () => {
  await closeAll();
  await rm(base, { recursive: true });
});

async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

async function open(options: Partial<LevelLogOptions> = {}): Promise<LevelLog> {
  const log = await openLevelLog({ directory, clock, reports: silent, ...options });
  closers.push(() => log.close());
  return log;
}

async function openStore(): Promise<OrderedStore> {
  const store = await openLevelStore(directory);
  closers.push(() => store.close());
  return store;
}

/** Reads a store with nothing in memory. */
function readerOf(store: OrderedStore, head: number, onGap: (gap: Gap) => void = () => undefined) {
  const tail = createLogTail({ head, oldest: 1, newest: [] });
  return createLevelReader({ store, tail, rooms: createRoomIndex(store, onGap) });
}

async function roomRecords(store: OrderedStore): Promise<number> {
  let count = 0;
  await store.scan(roomsFrom(0), () => ++count > 0);
  return count;
}

test('rooms are read from the disk as from memory', async () => {
  await appendToRooms(await open());
  await closeAll();
  const reader = readerOf(await openStore(), placementsInRooms.length);
  await expectRooms(reader);
  await expectRoomCounts(reader);
});

test('a log with messages of the lobby only has no index', async () => {
  const log = await open();
  await appendMany(log, 20);
  await closeAll();
  expect(await roomRecords(await openStore())).toBe(0);
});

test('a page of a room reads what belongs to it, however little of the log that is', async () => {
  const log = await open();
  await log.append(text('first', { room: 1 }));
  for (let part = 0; part < 10; part++) {
    await appendMany(log, 500);
    await log.append(text(`part ${part}`, { room: 1 }));
  }
  await closeAll();
  const store = await openStore();
  let pairs = 0;
  const counting: OrderedStore = {
    ...store,
    scan: (options, take) => store.scan(options, (pair) => ++pairs > 0 && take(pair)),
  };
  const reader = readerOf(counting, 5011);
  expect(textsOf(await reader.readBefore(0, 5, everything, messagesOf(1)))).toEqual(
    [9, 8, 7, 6, 5].map((part) => `part ${part}`),
  );
  expect(textsOf(await reader.read(0, everything, messagesOf(1)))).toHaveLength(11);
  expect(pairs).toBeLessThan(100);
  pairs = 0;
  expect(await reader.readBefore(0, 500, everything, lobbyMessages)).toHaveLength(500);
  expect(pairs).toBeLessThan(1100);
});

test('a missing entry is left out of its room and reported', async () => {
  await appendToRooms(await open());
  await closeAll();
  const store = await openStore();
  await store.write([del(entryKey(9))]);
  const gaps: Gap[] = [];
  const reader = readerOf(store, placementsInRooms.length, (gap) => gaps.push(gap));
  expect(sequencesOf(await reader.read(0, everything, messagesOf(2)))).toEqual([4, 12]);
  expect(gaps).toEqual([{ from: 9, to: 9 }]);
});

test('entries that are missing in the index are added again, and missing entries reported', async () => {
  await appendToRooms(await open());
  await closeAll();
  const store = await openStore();
  for (const of of [
    { room: 2, sequence: 2, kind: 4 },
    { room: 2, sequence: 9, kind: 0 },
    { room: lobby, sequence: 11, kind: 0 },
  ])
    await store.write([del(roomPut({ ...of, bytes: new Uint8Array(0) }).key)]);
  await store.write([
    del(entryKey(8)),
    del(roomPut({ room: 6, sequence: 8, kind: 0, bytes: new Uint8Array(0) }).key),
  ]);
  await closeAll();
  const gaps: Gap[] = [];
  let repaired: number | undefined;
  const reports = {
    ...silent,
    onGap: (gap: Gap) => gaps.push(gap),
    onIndexRepaired: (count: number) => (repaired = count),
  };
  await open({ reports });
  while (repaired === undefined) await clock.advance(20);
  expect(repaired).toBe(3);
  expect(gaps).toEqual([{ from: 8, to: 8 }]);
  await closeAll();
  const reader = readerOf(await openStore(), placementsInRooms.length);
  expect(sequencesOf(await reader.readBefore(0, 9, everything, { room: 2, kinds: pageKinds }))).toEqual([
    12, 9, 4, 3, 2,
  ]);
  expect(sequencesOf(await reader.read(0, everything, lobbyMessages))).toEqual([1, 5, 11]);
});

test('the beginning of the index is found again if its record is lost', async () => {
  await appendToRooms(await open());
  await closeAll();
  const store = await openStore();
  await store.write([del(metaKey('rooms-from'))]);
  await closeAll();
  const log = await open();
  await log.append(text('next'));
  await closeAll();
  const reader = readerOf(await openStore(), placementsInRooms.length + 1);
  expect(sequencesOf(await reader.read(0, everything, messagesOf(2)))).toEqual([4, 9, 12]);
  expect(sequencesOf(await reader.read(0, everything, lobbyMessages))).toEqual([1, 5, 11, 13]);
});

test('a room is read from the log if the index is damaged', async () => {
  await appendToRooms(await open());
  await closeAll();
  const store = await openStore();
  const damaged: OrderedStore = {
    ...store,
    scan: (options, take) =>
      options.from[0] === 'q'.charCodeAt(0)
        ? Promise.reject(new Error('Corruption: block checksum mismatch'))
        : store.scan(options, take),
  };
  const reader = readerOf(damaged, placementsInRooms.length);
  await expectRooms(reader);
  expect(await reader.count(0, 9, everything, messagesOf(2))).toBe(Infinity);
});

describeRoomState('on disk', {
  open: (options) => openLevelLog({ directory, reports: silent, ...options }),
  cleanUp: () => Promise.resolve(),
});

describe('the saved rooms', () => {
  const state = encodeText('the rooms');

  test('survive a new log id', async () => {
    const log = await open();
    await appendMany(log, 2);
    await log.roomState.save(2, state);
    await closeAll();
    const renewed = await open({ newLog: true });
    expect(Buffer.from((await renewed.roomState.load()) ?? [])).toEqual(Buffer.from(state));
  });

  test('are kept as they are while the disk accepts no writes', async () => {
    let isFull = false;
    const log = await open({
      async openStore(path) {
        const store = await openLevelStore(path);
        const full = (): Promise<void> => Promise.reject(new Error('no space left on device'));
        return { ...store, write: (operations) => (isFull ? full() : store.write(operations)) };
      },
    });
    await appendMany(log, 4);
    await log.roomState.save(2, state);
    isFull = true;
    await expect(log.roomState.save(3, encodeText('newer'))).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    await expect(log.append(text('refused'))).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(log.roomState.save(4, encodeText('newest'))).rejects.toThrow(/its disk is full/);
    expect(Buffer.from((await log.roomState.load()) ?? [])).toEqual(Buffer.from(state));
    isFull = false;
    while (log.storageProblem() !== undefined) await clock.advance(1000);
    await log.roomState.save(4, encodeText('newest'));
    expect(Buffer.from((await log.roomState.load()) ?? [])).toEqual(Buffer.from('newest'));
  });

  test('that are damaged are read from the log again, or reported if the log has lost its beginning', async () => {
    const log = await open({ keep: { milliseconds: 1000 } });
    await appendMany(log, 4);
    await log.roomState.save(4, state);
    await closeAll();
    const store = await openStore();
    await store.write([put(savedRoomsKey(0), encodeText('other'))]);
    await closeAll();
    const damaged = await open({ keep: { milliseconds: 1000 } });
    expect(await damaged.roomState.load()).toBeUndefined();
    while (damaged.oldest() < 5) await clock.advance(sweepIntervalMs);
    await expect(damaged.roomState.load()).rejects.toMatchObject({
      code: 'data-directory',
      message: `the saved rooms in ${directory} are damaged`,
    });
    await damaged.roomState.save(4, encodeText('repaired'));
    expect(Buffer.from((await damaged.roomState.load()) ?? [])).toEqual(Buffer.from('repaired'));
  });
});

test('retention keeps what the saved rooms do not contain yet', async () => {
  const log = await open({ keep: { milliseconds: 1000 } });
  await appendToRooms(log);
  while (log.oldest() === 1) await clock.advance(sweepIntervalMs);
  // Before the first room there were only plain messages of the lobby.
  expect(log.oldest()).toBe(2);
  await log.roomState.save(7, encodeText('up to 7'));
  while (log.oldest() === 2) await clock.advance(sweepIntervalMs);
  expect(log.oldest()).toBe(8);
});

test('retention removes the index with the messages of every room', async () => {
  const store = await openStore();
  closers.pop();
  const log = await open({ keep: { milliseconds: 60_000 }, openStore: () => Promise.resolve(store) });
  await appendToRooms(log);
  await log.roomState.save(12, encodeText('the rooms'));
  await clock.advance(50_000);
  await log.append(text('kept', { room: 2 }));
  while ((await roomRecords(store)) > 1) await clock.advance(sweepIntervalMs);
  expect(sequencesOf(await log.read(0, everything, messagesOf(2)))).toEqual([13]);
  expect(await log.read(0, everything, lobbyMessages)).toEqual([]);
});

test('a directory of format 1 keeps its log id, messages and ids, and gets rooms', async () => {
  await cp(join(import.meta.dirname, 'data-version-1', 'log'), directory, { recursive: true });
  const log = await open();
  expect(log.logId).toBe('631ee773-f7aa-4f24-99b3-9b1f96456e77');
  expect(await findId(log, 'anna', 'id-35')).toBe(35);
  await log.append(text('elsewhere', { room: 41, kind: messageKind.room }));
  await log.append(text('in the room', { room: 41 }));
  await log.append(text('in the lobby'));
  await closeAll();
  const store = await openStore();
  const reader = readerOf(store, 43);
  const all = Array.from({ length: 40 }, (_, index) => index + 1);
  expect(sequencesOf(await reader.read(0, everything, lobbyMessages))).toEqual([...all, 43]);
  expect(sequencesOf(await reader.readBefore(0, 3, everything, lobbyMessages))).toEqual([43, 40, 39]);
  expect(sequencesOf(await reader.read(0, everything, messagesOf(41)))).toEqual([42]);
  await closeAll();
  expect((await open()).logId).toBe(log.logId);
});

test('a directory of the last version without rooms is opened with everything in it', async () => {
  await cp(join(import.meta.dirname, 'data-before-rooms', 'log'), directory, { recursive: true });
  const log = await open();
  expect(log.logId).toBe('56ae1d40-c22b-4fc1-b1f8-86474068591c');
  expect(textsOf(await log.read(0, everything, lobbyMessages))).toEqual(
    Array.from({ length: 12 }, (_, index) => `message ${index + 1}`),
  );
  expect((await log.append(text('next'))).sequence).toBe(13);
});

test('a directory of the first version with rooms is opened with everything in it', async () => {
  await cp(join(import.meta.dirname, 'data-with-rooms', 'log'), directory, { recursive: true });
  const log = await open();
  expect(log.logId).toBe('71dda25f-0398-4f1a-bdba-51fddfe20c6c');
  const saved = await log.roomState.load();
  expect(saved && decodeText(saved)).toBe('rooms up to 15');
  expect(await findId(log, 'carl', 'id-11')).toBe(11);
  const { member, room } = messageKind;
  const kinds = (await log.read(0, everything)).map((entry) => [entry.room, entry.kind]);
  expect(kinds.slice(2, 16)).toEqual([
    ...[
      [3, room],
      [3, member],
      [3, 0],
      [6, room],
      [6, 0],
      [6, member],
      [6, member],
      [10, room],
      [10, 0],
    ],
    ...[
      [0, 0],
      [3, room],
      [3, messageKind.edit],
      [3, member],
      [6, 0],
    ],
  ]);
  await log.close();
  const reader = readerOf(await openStore(), 17);
  const page = async (of: RoomFilter): Promise<number[]> =>
    sequencesOf(await reader.readBefore(0, 99, everything, of));
  expect(await page({ room: 3, kinds: pageKinds })).toEqual([15, 13, 5, 4, 3]);
  expect(await page({ room: 6, kinds: pageKinds })).toEqual([16, 9, 8, 7, 6]);
  expect(await page({ room: 10, kinds: pageKinds })).toEqual([11, 10]);
  expect(await page(lobbyMessages)).toEqual([17, 12, 2, 1]);
  const [created] = await reader.readBefore(7, 1, everything, { room: 6, kinds: [room] });
  const [message] = decodeMessages(created?.bytes ?? new Uint8Array(0));
  expect(message?.detail).toMatchObject({ room: 6, account: 'b'.repeat(20), roomChange: { name: 'secret' } });
});

test('an opened directory is marked as format 2, without the log id that earlier versions need', async () => {
  await cp(join(import.meta.dirname, 'data-version-1', 'log'), directory, { recursive: true });
  const { logId } = await open();
  await closeAll();
  const store = await openStore();
  expect(readLog(store.get(metaKey('log')) ?? new Uint8Array(0))).toEqual({ format: 2, logId });
  expect(store.get(metaKey('log-id'))).toBeUndefined();
});

test('a directory of a newer format is rejected and left unchanged', async () => {
  await appendMany(await open(), 1);
  await closeAll();
  const store = await openStore();
  const newer = encodeText('3 some-log');
  await store.write([put(metaKey('log'), newer)]);
  await closeAll();
  for (const newLog of [false, true]) {
    await expect(open({ newLog })).rejects.toMatchObject({
      code: 'data-directory',
      message: `the message log in ${directory} has format 3, which a newer version of chat wrote`,
    });
  }
  expect(Buffer.from((await openStore()).get(metaKey('log')) ?? [])).toEqual(Buffer.from(newer));
});
