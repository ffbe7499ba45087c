import { describe, expect, test } from '@jest/globals';
import { past, roomChange, roomType } from '../../shared/message.js';
import type { NewRoom, RoomUpdate } from '../../shared/room-requests.js';
import { accountNames } from '../accounts/account-names.js';
import { creation, participantsOf, updatesOf } from './requested-changes.js';
import { createRooms } from './room-state.js';

const users = ['ann', 'Bob', 'carl'].map((name) => ({ account: `id of ${name}`, name }));
const [ann = { account: '', name: '' }, bob, carl] = users;
const names = accountNames({
  initialised: true,
  accounts: users.map(({ account, name }) => ({
    id: account,
    name,
    credentialVersion: '',
    passwordHash: '',
  })),
  formerAccounts: [{ id: 'gone', name: 'dora' }],
});
const newRoom: NewRoom = {
  name: 'room',
  topic: '',
  type: roomType.closed,
  past: past.fromJoining,
  members: [],
  id: '',
};

describe('a new room', () => {
  test('has each of its members once, by account, without the creator', () => {
    const change = creation(names, ann, { ...newRoom, members: ['bob', 'ANN', 'Bob', 'carl'] });
    expect(change).toMatchObject({
      room: 'new',
      roomChange: { members: [bob, carl], past: past.fromJoining },
    });
  });

  test('shows its whole past if it is open', () => {
    const change = creation(names, ann, { ...newRoom, type: roomType.open });
    expect(change.roomChange?.past).toBe(past.all);
  });

  test('is rejected with the reason', () => {
    const rejected = (request: Partial<NewRoom>) => () => creation(names, ann, { ...newRoom, ...request });
    expect(rejected({ type: roomType.direct })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(rejected({ type: 77 })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(rejected({ members: Array<string>(101).fill('bob') })).toThrow('at most 100 members');
    expect(rejected({ members: ['dora'] })).toThrow(
      expect.objectContaining({ code: 'not-found', message: 'no such user: dora' }),
    );
    expect(rejected({ members: ['a\u001bb'] })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

test('a direct room has one to seven other participants', () => {
  expect(participantsOf(names, ann, ['bob', 'BOB', 'carl', 'ann'])).toEqual([bob, carl]);
  expect(() => participantsOf(names, ann, [])).toThrow('needs another user');
  expect(() => participantsOf(names, ann, ['Ann'])).toThrow('needs another user');
  expect(() => participantsOf(names, ann, Array<string>(8).fill('bob'))).toThrow('at most 7 other users');
});

test('an update changes the fields that differ, while the room is not archived', () => {
  const lobby = createRooms().get(0);
  if (!lobby) throw new Error('there is no lobby');
  const updated = (archived: boolean, update: Omit<RoomUpdate, 'room'>) =>
    updatesOf({ ...lobby, topic: 'tea', archived }, { room: 0, ...update }).map(
      (change) => change.roomChange?.what,
    );
  const { renamed, topic, archived: archive, unarchived } = roomChange;
  expect(updated(false, {})).toEqual([]);
  expect(updated(false, { name: 'lobby', topic: 'tea', archived: false })).toEqual([]);
  expect(updated(false, { name: 'new', topic: '', archived: true })).toEqual([renamed, topic, archive]);
  expect(updated(true, { name: 'new', archived: false })).toEqual([unarchived, renamed]);
});
