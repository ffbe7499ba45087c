import { status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { past, roomRole, roomType } from '../../src/shared/message.js';
import {
  encodeDirectRequest,
  encodeMembersQuery,
  encodeNewRoom,
  encodeRoomAndUser,
  encodeRoomRef,
  encodeRoomUpdate,
} from '../../src/shared/room-requests.js';
import { messages, rooms } from '../../src/shared/services.js';
import type { CallError } from './rooms-client.js';
import { encodePost, RoomsClient } from './rooms-client.js';
import { startTestServer } from './test-server.js';

let creator: RoomsClient;
let member: RoomsClient;
let stranger: RoomsClient;
let fourth: RoomsClient;
let fifth: RoomsClient;
/** A name that no other test uses. */
let name: string;
let tests = 0;

beforeAll(async () => {
  const { port } = await startTestServer({ demoUsers: true });
  const clientOf = (user: string): RoomsClient => new RoomsClient(port, user);
  [creator, member, stranger] = [clientOf('user1'), clientOf('user2'), clientOf('user3')];
  [fourth, fifth] = [clientOf('user4'), clientOf('user5')];
});

beforeEach(() => {
  name = `room-${++tests}`;
});

afterAll(() => {
  for (const client of [creator, member, stranger, fourth, fifth]) client.close();
});

const sequenceNow = async (): Promise<number> => (await creator.list()).upTo;

/** Whether the calls store nothing. */
async function expectNoEntry(calls: () => Promise<unknown>): Promise<void> {
  const before = await sequenceNow();
  await calls();
  expect(await sequenceNow()).toBe(before);
}

describe('create', () => {
  test('makes the creator the moderator of a room with the first members', async () => {
    const request = { topic: 'Tee & Kaffee', members: ['USER2'], past: past.all };
    const room = await creator.create(name, request);
    const { own, ...shared } = room;
    expect(own).toMatchObject({ readUpTo: room.number, unread: 0 });
    expect(shared).toEqual({
      ...{ number: room.number, name, topic: 'Tee & Kaffee', type: roomType.closed, past: past.all },
      ...{ archived: false, memberCount: 2, participants: [], newest: 0 },
      ...{ joined: true, role: roomRole.moderator },
    });
    expect(room.number).toBe(await sequenceNow());
    expect(await member.room({ name })).toEqual({ ...room, role: roomRole.member });
    expect(await member.memberNames(room.number)).toEqual(['user1', 'user2']);
  });

  test('rejects names, topics and members that break a rule', async () => {
    const rejected = async (more: object, answer: string | RegExp, as = name) =>
      expect(creator.create(as, more)).rejects.toThrow(answer);
    for (const bad of ['', 'a b', 'Upper', 'ä', '#a', 'x'.repeat(33)])
      await rejected({}, 'INVALID_ARGUMENT a room name has 1 to 32 characters', bad);
    await rejected({}, 'ALREADY_EXISTS there is already a room named lobby', 'lobby');
    await rejected({ topic: 'x'.repeat(251) }, 'INVALID_ARGUMENT a topic has at most 250 characters');
    for (const topic of ['a\nb', 'a\u001b[31m', 'a\u0085b', 'a\u2028b'])
      await rejected({ topic }, 'INVALID_ARGUMENT a topic is one line without control characters');
    await rejected({ type: roomType.direct }, 'INVALID_ARGUMENT a room is created open or closed');
    await rejected({ past: 7 }, /^(INVALID_ARGUMENT|UNIMPLEMENTED)/);
    await rejected({ members: ['nobody'] }, 'NOT_FOUND no such user: nobody');
    await rejected({ members: ['\u001b[31m'] }, 'INVALID_ARGUMENT this cannot be the name of a user');
    await rejected({ id: 'a b' }, 'INVALID_ARGUMENT the id must be');
    await expectNoEntry(() => rejected({ members: ['nobody'] }, 'NOT_FOUND'));
  });

  test('accepts a topic of 250 characters outside ASCII and a hundred names', async () => {
    const members = Array<string>(100).fill('user2');
    expect((await creator.create(name, { topic: '🍵'.repeat(250), members })).memberCount).toBe(2);
  });

  test('with the same id returns the same room, and stores it once', async () => {
    const id = `create-${name}`;
    const [first, second] = await Promise.all([creator.create(name, { id }), creator.create(name, { id })]);
    expect(second).toEqual(first);
    await expectNoEntry(async () => expect(await creator.create(name, { id })).toEqual(first));
    await creator.post(0, 'a message', { id: `message-${name}` });
    await expect(creator.create('other', { id: `message-${name}` })).rejects.toThrow(
      'ALREADY_EXISTS this id',
    );
  });

  test('is limited to 100 rooms of one user, which the answer says', async () => {
    for (let number = 0; number < 100; number++) await fourth.create(`${name}-${number}`);
    await expect(fourth.create(name)).rejects.toThrow('RESOURCE_EXHAUSTED you have created 100 rooms');
    await stranger.create(name);
  });

  test('by three users with the same name at once succeeds for one of them', async () => {
    const attempts = await Promise.allSettled([creator, member, stranger].map((user) => user.create(name)));
    const failed = attempts.flatMap((attempt) =>
      attempt.status === 'rejected' ? [attempt.reason as CallError] : [],
    );
    const taken = { code: grpcStatus.ALREADY_EXISTS, details: `there is already a room named ${name}` };
    expect(failed.map(({ code, details }) => ({ code, details }))).toEqual([taken, taken]);
  });
});

describe('direct', () => {
  test('finds the room of the same users, whoever asks and however they are written', async () => {
    const room = await creator.direct('user2', 'USER3', 'user1');
    expect(room).toMatchObject({
      name: '',
      type: roomType.direct,
      participants: ['user1', 'user2', 'user3'],
    });
    await expectNoEntry(async () => {
      expect((await stranger.direct('user1', 'user2')).number).toBe(room.number);
      expect((await member.direct('user3', 'user3', 'user1')).number).toBe(room.number);
    });
    expect((await creator.direct('user2')).number).not.toBe(room.number);
  });

  test('at once by both users creates one room', async () => {
    const found = await Promise.all([fourth.direct('user5'), fifth.direct('user4'), fourth.direct('user5')]);
    expect(new Set(found.map(({ number }) => number)).size).toBe(1);
    expect((await fourth.numbers()).at(-1)).toBe(found[0].number);
  });

  test('needs other users', async () => {
    await expect(creator.direct()).rejects.toThrow('INVALID_ARGUMENT a direct room needs another user');
    await expect(creator.direct('user1')).rejects.toThrow(
      'INVALID_ARGUMENT a direct room needs another user',
    );
    await expect(creator.direct('nobody')).rejects.toThrow('NOT_FOUND no such user: nobody');
  });

  test('has a room that cannot be left, changed, joined or shared', async () => {
    const { number } = await creator.direct('user2');
    await expect(creator.leave(number)).rejects.toThrow('PERMISSION_DENIED a direct room cannot be left');
    await expect(creator.update({ room: number, name })).rejects.toThrow('PERMISSION_DENIED');
    await expect(creator.invite(number, 'user3')).rejects.toThrow('PERMISSION_DENIED');
    await expect(creator.remove(number, 'user2')).rejects.toThrow('PERMISSION_DENIED');
    await expect(stranger.join(number)).rejects.toThrow('NOT_FOUND no such room');
    expect((await creator.join(number)).number).toBe(number);
  });
});

describe('update', () => {
  test('by a moderator changes the fields that are present', async () => {
    const { number } = await creator.create(name, { members: ['user2'] });
    const before = await sequenceNow();
    expect(await creator.update({ room: number, name: `${name}-new`, topic: 'new topic' })).toMatchObject({
      ...{ name: `${name}-new`, topic: 'new topic', archived: false },
    });
    expect(await sequenceNow()).toBe(before + 2);
    await expectNoEntry(() => creator.update({ room: number, name: `${name}-new` }));
    expect((await creator.create(name)).name).toBe(name);
    await expect(creator.room({ name: `${name}-new` })).resolves.toMatchObject({ number });
  });

  test('of an archived room frees its name and makes it read-only until it is no longer archived', async () => {
    const { number } = await creator.create(name, { type: roomType.open, members: ['user2'] });
    expect((await creator.update({ room: number, archived: true })).archived).toBe(true);
    await expect(creator.post(number, 'text')).rejects.toThrow('FAILED_PRECONDITION this room is archived');
    await expect(stranger.join(number)).rejects.toThrow('FAILED_PRECONDITION this room is archived');
    await expect(stranger.room({ name })).rejects.toThrow('NOT_FOUND no such room');
    expect((await stranger.room({ number })).archived).toBe(true);
    expect((await stranger.browse({ prefix: name })).items).toHaveLength(1);
    expect((await creator.update({ room: number, archived: false, topic: 'again' })).topic).toBe('again');
    await creator.post(number, 'text');
  });

  test('is rejected for other members, strangers, the lobby and bad values', async () => {
    const { number } = await creator.create(name, { type: roomType.open, members: ['user2'] });
    for (const user of [member, stranger])
      await expect(user.update({ room: number, topic: 'x' })).rejects.toThrow('PERMISSION_DENIED');
    await expect(creator.update({ room: 0, name: 'hall' })).rejects.toThrow('PERMISSION_DENIED');
    await expect(creator.update({ room: number, name: 'A' })).rejects.toThrow('INVALID_ARGUMENT');
    await expect(creator.update({ room: number, topic: 'a\nb' })).rejects.toThrow('INVALID_ARGUMENT');
    await expect(creator.update({ room: number, name: 'lobby' })).rejects.toThrow('ALREADY_EXISTS');
  });
});

describe('join and leave', () => {
  test('an open room is joined and left, and repeating either changes nothing', async () => {
    const { number } = await creator.create(name, { type: roomType.open });
    expect(await stranger.join(number)).toMatchObject({ joined: true, memberCount: 2 });
    await expectNoEntry(() => stranger.join(number));
    expect(await stranger.numbers()).toContain(number);
    await stranger.leave(number);
    await expectNoEntry(() => stranger.leave(number));
    expect(await stranger.room({ number })).toMatchObject({ joined: false, memberCount: 1 });
  });

  test('of one user at once adds one entry', async () => {
    const { number } = await creator.create(name, { type: roomType.open });
    await Promise.all([stranger.join(number), stranger.join(number), stranger.join(number)]);
    expect((await stranger.members(number)).items).toHaveLength(2);
    await Promise.all([stranger.leave(number), stranger.leave(number)]);
    expect(await creator.memberNames(number)).toEqual(['user1']);
  });

  test('a closed room that was left no longer exists for the user', async () => {
    const { number } = await creator.create(name, { members: ['user2'] });
    await member.leave(number);
    for (const call of [
      member.room({ number }),
      member.leave(number),
      member.join(number),
      member.post(number, 'x'),
    ])
      await expect(call).rejects.toThrow('NOT_FOUND no such room');
  });

  test('the lobby has all users as members and cannot be left', async () => {
    expect((await stranger.join(0)).joined).toBe(true);
    await expect(stranger.leave(0)).rejects.toThrow('PERMISSION_DENIED the lobby cannot be left');
    expect((await stranger.room({})).memberCount).toBe(5);
    expect(await stranger.memberNames(0)).toEqual(['user1', 'user2', 'user3', 'user4', 'user5']);
  });
});

describe('invite and remove', () => {
  test('an invited user is a member at once, and a removed one is none', async () => {
    const { number } = await creator.create(name, { members: ['user2'] });
    await creator.post(number, 'before');
    await member.invite(number, 'User3');
    expect(await stranger.room({ number })).toMatchObject({ joined: true, memberCount: 3, newest: 0 });
    await expectNoEntry(() => creator.invite(number, 'user3'));
    const { sequence } = await member.post(number, 'after');
    expect((await stranger.room({ number })).newest).toBe(sequence);
    await expect(member.remove(number, 'user3')).rejects.toThrow('PERMISSION_DENIED');
    await creator.remove(number, 'user3');
    await expect(stranger.room({ number })).rejects.toThrow('NOT_FOUND no such room');
    await expect(creator.remove(number, 'user3')).rejects.toThrow(
      'NOT_FOUND user3 is not a member of this room',
    );
  });

  test('need an existing user, and for an open room a membership', async () => {
    const { number } = await creator.create(name, { type: roomType.open });
    await expect(creator.invite(number, 'nobody')).rejects.toThrow('NOT_FOUND no such user: nobody');
    await expect(creator.remove(number, 'nobody')).rejects.toThrow('NOT_FOUND no such user: nobody');
    await expect(creator.invite(number, '')).rejects.toThrow('INVALID_ARGUMENT');
    await expect(stranger.invite(number, 'user2')).rejects.toThrow('PERMISSION_DENIED');
    await expect(stranger.remove(number, 'user1')).rejects.toThrow('PERMISSION_DENIED');
    await expect(creator.remove(0, 'user2')).rejects.toThrow('PERMISSION_DENIED');
    await expectNoEntry(() => creator.invite(0, 'user2'));
  });
});

describe('lists', () => {
  test('list is a snapshot at the head, with the lobby first', async () => {
    const { number } = await creator.create(name);
    const { sequence } = await creator.post(number, 'text');
    const list = await creator.list();
    const subscription = creator.subscribe();
    await subscription.opened();
    expect(list.logId).toBe(subscription.value('log-id'));
    subscription.stream.cancel();
    expect(list.upTo).toBe(sequence);
    expect(list.rooms[0]).toMatchObject({ number: 0, name: 'lobby', joined: true });
    expect(list.rooms.at(-1)).toEqual(await creator.room({ number }));
    expect((await stranger.list()).rooms.map((room) => room.name)).not.toContain(name);
  });

  test('browse returns pages of the open rooms with a prefix', async () => {
    for (const suffix of ['c', 'a', 'b']) await creator.create(`${name}-${suffix}`, { type: roomType.open });
    await creator.create(`${name}-closed`);
    const first = await stranger.browse({ prefix: name, limit: 2 });
    expect(first.items.map((room) => room.name)).toEqual([`${name}-a`, `${name}-b`]);
    const last = await stranger.browse({ prefix: name, limit: 2, after: first.next });
    expect(last.items.map((room) => room.name)).toEqual([`${name}-c`]);
    expect(last.next).toBe('');
    await expect(stranger.browse({ after: 'x' })).rejects.toThrow('INVALID_ARGUMENT');
  });

  test('members returns pages with roles and who is online', async () => {
    const { number } = await creator.create(name, { members: ['user2', 'user3'] });
    const subscription = member.subscribe();
    await subscription.opened();
    const first = await stranger.members(number, { limit: 2 });
    expect(first.items).toEqual([
      { name: 'user1', role: roomRole.moderator, online: false },
      { name: 'user2', role: roomRole.member, online: true },
    ]);
    const last = await stranger.members(number, { limit: 2, after: first.next });
    expect(last).toEqual({ items: [{ name: 'user3', role: roomRole.member, online: false }], next: '' });
    subscription.stream.cancel();
  });
});

describe('answers for a room that the caller cannot see', () => {
  test('are the same, byte for byte, as for one that does not exist, whatever else the request contains', async () => {
    const closed = await creator.create(name, { members: ['user2'] });
    const left = await creator.create(`${name}-left`, { members: ['user3'] });
    const { sequence } = await creator.post(closed.number, 'secret');
    await stranger.leave(left.number);
    const direct = await creator.direct('user2');
    const missing = 2 ** 40;
    const requests = (number: number, user: string) =>
      [
        [rooms.get, encodeRoomRef({ number })],
        [rooms.join, encodeRoomRef({ number })],
        [rooms.leave, encodeRoomRef({ number })],
        [rooms.members, encodeMembersQuery({ room: number })],
        [rooms.members, encodeMembersQuery({ room: number, after: 'user1', limit: 1 })],
        [rooms.update, encodeRoomUpdate({ room: number })],
        [rooms.update, encodeRoomUpdate({ room: number, name, topic: 'x', archived: true })],
        [rooms.update, encodeRoomUpdate({ room: number, name: 'Bad Name' })],
        [rooms.invite, encodeRoomAndUser({ room: number, name: user })],
        [rooms.remove, encodeRoomAndUser({ room: number, name: user })],
        [messages.post, encodePost(number, 'text')],
        [messages.post, encodePost(number, '')],
        [messages.post, encodePost(number, 'text', { replyTo: sequence })],
        [messages.post, encodePost(number, 'text', { replyTo: missing })],
      ] as const;
    for (const user of ['user1', 'user2', 'user3', 'nobody', ' ']) {
      for (const number of [missing, closed.number, left.number, direct.number, sequence]) {
        for (const [method, request] of requests(number, user)) {
          const { status, responses } = await stranger.outcome(method, request);
          expect(responses).toEqual([]);
          const { code, details, metadata } = status;
          const { code: sameCode, details: sameText, metadata: sameTrailers } = (await unknownRoom()).status;
          expect([method.path, code, details]).toEqual([method.path, sameCode, sameText]);
          expect(withoutDate(metadata.toJSON())).toEqual(withoutDate(sameTrailers.toJSON()));
        }
      }
    }
    const unknownByName = await stranger.outcome(rooms.get, encodeRoomRef({ name: 'missing' }));
    const closedByName = await stranger.outcome(rooms.get, encodeRoomRef({ name }));
    expect(closedByName.status.details).toBe('no such room');
    expect(closedByName.status.code).toBe(unknownByName.status.code);
  });

  let unknown: ReturnType<RoomsClient['outcome']> | undefined;
  const unknownRoom = () => (unknown ??= stranger.outcome(rooms.get, encodeRoomRef({ number: 2 ** 40 })));
  const withoutDate = (trailers: Record<string, unknown>) => ({ ...trailers, date: undefined });
});

describe('requests that are not protobuf', () => {
  test.each(Object.entries(rooms).filter(([rpc]) => rpc !== 'list'))(
    'are rejected by %s',
    async (_, method) => {
      const { status } = await creator.outcome(method, Uint8Array.of(0x0a, 0x7f));
      expect(status).toMatchObject({ code: 3, details: 'the request is not valid protobuf' });
    },
  );

  test('a request that is too large is rejected', async () => {
    const names = Array<string>(2000).fill('user2');
    expect((await creator.outcome(rooms.direct, encodeDirectRequest(names))).status.code).toBe(8);
    expect((await creator.outcome(rooms.create, encodeNewRoom({ name, members: names }))).status.code).toBe(
      8,
    );
  });
});
