import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Gap } from '../../../src/server/logs/level/entry-reader.js';
import { openLevelLog } from '../../../src/server/logs/level/level-log.js';
import {
  del,
  entryKey,
  metaKey,
  put,
  roomPut,
  roomsFrom,
  savedRoomsKey,
} from '../../../src/server/logs/level/level-records.js';
import { mentionKeys } from '../../../src/server/logs/level/mention-records.js';
import { openLevelStore } from '../../../src/server/logs/level/level-store.js';
import type { OrderedStore } from '../../../src/server/logs/level/ordered-store.js';
import { sweepIntervalMs } from '../../../src/server/logs/level/retention.js';
import {
  lobbyMessages,
  pageKinds,
  type Append,
  type RoomFilter,
} from '../../../src/server/messages/message-log.js';
import { encodeUnsequenced } from '../../../src/shared/codec.js';
import { lobby, messageKind } from '../../../src/shared/message.js';
import { encodeText } from '../../../src/shared/text.js';
import {
  appendMany,
  appendToRooms,
  expectRoomCounts,
  expectRooms,
  placementsInRooms,
  sequencesOf,
  text,
  textsOf,
} from '../../contract/message-log.js';
import { describeRoomState } from '../../contract/room-state.js';
import { levelDirectory, readerOf, silentReports } from './level-directory.js';

const everything = 1e9;
const messagesOf = (room: number): RoomFilter => ({ room, kinds: [messageKind.message] });
const level = levelDirectory();
const { open, openStore, closeAll } = level;

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
    ...silentReports,
    onGap: (gap: Gap) => gaps.push(gap),
    onIndexRepaired: (count: number) => (repaired = count),
  };
  await open({ reports });
  while (repaired === undefined) await level.clock.advance(20);
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
  open: (options) => openLevelLog({ directory: level.directory, reports: silentReports, ...options }),
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
    while (log.storageProblem() !== undefined) await level.clock.advance(1000);
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
    while (damaged.oldest() < 5) await level.clock.advance(sweepIntervalMs);
    await expect(damaged.roomState.load()).rejects.toMatchObject({
      code: 'data-directory',
      message: `the saved rooms in ${level.directory} are damaged`,
    });
    await damaged.roomState.save(4, encodeText('repaired'));
    expect(Buffer.from((await damaged.roomState.load()) ?? [])).toEqual(Buffer.from('repaired'));
  });
});

test('retention keeps what the saved rooms do not contain yet', async () => {
  const log = await open({ keep: { milliseconds: 1000 } });
  await appendToRooms(log);
  while (log.oldest() === 1) await level.clock.advance(sweepIntervalMs);
  // Before the first room there were only plain messages of the lobby.
  expect(log.oldest()).toBe(2);
  await log.roomState.save(7, encodeText('up to 7'));
  while (log.oldest() === 2) await level.clock.advance(sweepIntervalMs);
  expect(log.oldest()).toBe(8);
});

test('retention removes the index with the messages of every room', async () => {
  const store = await openLevelStore(level.directory);
  const log = await open({ keep: { milliseconds: 60_000 }, openStore: () => Promise.resolve(store) });
  await appendToRooms(log);
  await log.roomState.save(12, encodeText('the rooms'));
  await level.clock.advance(50_000);
  await log.append(text('kept', { room: 2 }));
  while ((await roomRecords(store)) > 1) await level.clock.advance(sweepIntervalMs);
  expect(sequencesOf(await log.read(0, everything, messagesOf(2)))).toEqual([13]);
  expect(await log.read(0, everything, lobbyMessages)).toEqual([]);
});

test('retention removes the mentions of removed messages', async () => {
  const store = await openLevelStore(level.directory);
  const log = await open({ keep: { milliseconds: 60_000 }, openStore: () => Promise.resolve(store) });
  const mention = (accounts: readonly string[]): Append => {
    const detail = { room: 0, kind: 0, mentions: ['all'], mentionedAccounts: accounts };
    const message = { ...{ id: '', from: 'ada', timestamp: 1, type: 1 }, content: encodeText('x'), detail };
    return { ...text('x'), message: () => encodeUnsequenced(message) };
  };
  await log.append(mention(['b2', 'c3']));
  await log.roomState.save(1, encodeText('the rooms'));
  await level.clock.advance(50_000);
  await log.append(mention(['b2']));
  const records = async (): Promise<number> => {
    let count = 0;
    await store.scan(mentionKeys.all, () => ++count > 0);
    return count;
  };
  expect(await records()).toBe(5);
  // At 70 s, when only the first one is older than 60 s.
  for (let sweeps = 0; sweeps < 2; sweeps++) await level.clock.advance(sweepIntervalMs);
  while ((await records()) > 2) await setImmediate();
  expect(await records()).toBe(2);
  expect(await log.mentions({ account: 'b2' }, 99, 99)).toEqual([{ sequence: 2, room: 0, sender: 'ada' }]);
  expect(await log.mentions({ account: 'c3' }, 99, 99)).toEqual([]);
});
