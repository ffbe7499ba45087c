import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { metaKey, put, readLog } from '../../../src/server/logs/level/level-records.js';
import { lobbyMessages, pageKinds, type RoomFilter } from '../../../src/server/messages/message-log.js';
import { decodeRooms } from '../../../src/server/rooms/room-state-codec.js';
import { decodeMessages } from '../../../src/shared/codec.js';
import { lobby, messageKind, past, roomRole, roomType } from '../../../src/shared/message.js';
import { encodeText } from '../../../src/shared/text.js';
import { appendMany, findId, sequencesOf, text, textsOf } from '../../contract/message-log.js';
import { change } from '../../contract/changes.js';
import { levelDirectory, readerOf } from './level-directory.js';

const everything = 1e9;
const messagesOf = (room: number): RoomFilter => ({ room, kinds: [messageKind.message] });
const level = levelDirectory();
const { open, openStore, closeAll } = level;

/** The account ids in `data-with-rooms`. */
const anna = '01M8Q22HQ89MENGV83BKSCMD6T';
const bert = '01M8Q22HYE2K8Y19D5VZ0GMPDN';
const carl = '01M8Q22J749S5MC0D59VDY1EMC';
const dora = '01M8Q22JG7Q5055662EYC044Z9';

test('a directory of format 1 keeps its log id, messages and ids, and gets rooms', async () => {
  await cp(join(import.meta.dirname, 'data-version-1', 'log'), level.directory, { recursive: true });
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
  await cp(join(import.meta.dirname, 'data-before-rooms', 'log'), level.directory, { recursive: true });
  const log = await open();
  expect(log.logId).toBe('56ae1d40-c22b-4fc1-b1f8-86474068591c');
  expect(textsOf(await log.read(0, everything, lobbyMessages))).toEqual(
    Array.from({ length: 12 }, (_, index) => `message ${index + 1}`),
  );
  expect((await log.append(text('next'))).sequence).toBe(13);
});

test('a directory of the first version with rooms is opened with everything in it', async () => {
  await cp(join(import.meta.dirname, 'data-with-rooms', 'log'), level.directory, { recursive: true });
  const log = await open();
  expect(log.logId).toBe('6b68ce47-ccaf-47db-843c-7f61f6c43479');
  expect(await findId(log, 'carl', '01M8Q22NBR5FT23DYP04K1FRCF')).toBe(11);
  const { member, room } = messageKind;
  const kinds = (await log.read(0, everything)).map((entry) => [entry.room, entry.kind]);
  expect(kinds).toEqual([
    ...[
      [0, 0],
      [0, 0],
      [3, room],
      [3, member],
      [3, 0],
      [6, room],
      [6, 0],
      [6, member],
      [6, member],
      [10, room],
    ],
    ...[
      [10, 0],
      [0, 0],
      [3, room],
      [3, member],
      [3, member],
      [16, room],
      [16, room],
      [6, 0],
      [0, 0],
    ],
  ]);
  await log.close();
  const reader = readerOf(await openStore(), 19);
  const page = async (of: RoomFilter): Promise<number[]> =>
    sequencesOf(await reader.readBefore(0, 99, everything, of));
  expect(await page({ room: 3, kinds: pageKinds })).toEqual([15, 14, 13, 5, 4, 3]);
  expect(await page({ room: 6, kinds: pageKinds })).toEqual([18, 9, 8, 7, 6]);
  expect(await page({ room: 10, kinds: pageKinds })).toEqual([11, 10]);
  expect(await page({ room: 16, kinds: pageKinds })).toEqual([17, 16]);
  expect(await page(lobbyMessages)).toEqual([19, 12, 2, 1]);
  const [created] = await reader.readBefore(7, 1, everything, { room: 6, kinds: [room] });
  const [message] = decodeMessages(created?.bytes ?? new Uint8Array(0));
  expect(message?.detail).toMatchObject({ room: 6, account: bert, roomChange: { name: 'secret' } });
});

test('the saved rooms of the first version with rooms are read', async () => {
  await cp(join(import.meta.dirname, 'data-with-rooms', 'log'), level.directory, { recursive: true });
  const saved = decodeRooms((await (await open()).roomState.load()) ?? new Uint8Array(0));
  expect(saved.upTo).toBe(17);
  const [member, moderator] = [roomRole.member, roomRole.moderator];
  const members = (of: readonly (readonly [account: string, since: number, role: number])[]) =>
    new Map(of.map(([account, since, role]) => [account, { since, role }]));
  const plans = { name: 'plans', topic: 'what now', type: roomType.open, archived: false };
  expect(saved.rooms).toMatchObject([
    { number: lobby, newest: 12 },
    {
      ...{ number: 3, creator: anna, ...plans, former: new Map([[bert, 15]]), newest: 5, lastEntry: 15 },
      members: members([
        [anna, 3, moderator],
        [dora, 14, member],
      ]),
    },
    {
      ...{ number: 6, creator: bert, name: 'secret', type: roomType.closed, past: past.fromJoining },
      former: new Map([[carl, 9]]),
      members: members([
        [bert, 6, moderator],
        [anna, 6, member],
      ]),
    },
    {
      ...{ number: 10, creator: carl, name: '', type: roomType.direct, newest: 11 },
      members: members([
        [carl, 10, member],
        [anna, 10, member],
      ]),
    },
    { number: 16, name: 'old', archived: true, members: members([[carl, 16, moderator]]), newest: 0 },
  ]);
});

test('an opened directory is marked as format 2, without the log id that earlier versions need', async () => {
  await cp(join(import.meta.dirname, 'data-version-1', 'log'), level.directory, { recursive: true });
  const { logId } = await open();
  await closeAll();
  const store = await openStore();
  expect(readLog(store.get(metaKey('log')) ?? new Uint8Array(0))).toEqual({ format: 2, logId });
  expect(store.get(metaKey('log-id'))).toBeUndefined();
});

test('the first change of a message marks the directory as format 3, which a new log id does not undo', async () => {
  const log = await open();
  await appendMany(log, 1);
  await log.append(change(messageKind.react, 1, { emoji: ['👍'] }));
  await closeAll();
  const { logId } = await open({ newLog: true });
  expect(logId).not.toBe(log.logId);
  await closeAll();
  const store = await openStore();
  expect(readLog(store.get(metaKey('log')) ?? new Uint8Array(0))).toEqual({ format: 3, logId });
});

test('a directory of a newer format is rejected and left unchanged', async () => {
  await appendMany(await open(), 1);
  await closeAll();
  const store = await openStore();
  const newer = encodeText('4 some-log');
  await store.write([put(metaKey('log'), newer)]);
  await closeAll();
  for (const newLog of [false, true]) {
    await expect(open({ newLog })).rejects.toMatchObject({
      code: 'data-directory',
      message: `the message log in ${level.directory} has format 4, which a newer version of chat wrote`,
    });
  }
  expect(Buffer.from((await openStore()).get(metaKey('log')) ?? [])).toEqual(Buffer.from(newer));
});
