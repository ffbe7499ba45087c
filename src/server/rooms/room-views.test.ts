import { expect, test } from '@jest/globals';
import { RoomLog } from '../../../test/support/room-log.js';
import {
  contentType,
  memberChange,
  messageKind,
  past,
  roomRole,
  roomType,
  type Detail,
  type Participant,
} from '../../shared/message.js';
import { accountNames } from '../accounts/account-names.js';
import { creation, directCreation, memberChangeOf, updatesOf, type Change } from './requested-changes.js';
import { createRooms } from './room-state.js';
import { membersOf, openRooms, roomsOf, roomView, visibleRoom } from './room-views.js';

const user = (name: string): Participant => ({ account: `id of ${name}`, name });
const [ann, Bob, carl, dora] = ['ann', 'Bob', 'carl', 'dora'].map(user) as [
  Participant,
  ...Participant[],
] as [Participant, Participant, Participant, Participant];

const namesOf = (current: readonly Participant[], former: readonly Participant[] = []) =>
  accountNames({
    initialised: true,
    accounts: current.map(({ account, name }) => ({
      id: account,
      name,
      credentialVersion: '',
      passwordHash: '',
    })),
    formerAccounts: former.map(({ account, name }) => ({ id: account, name })),
  });

const all = [ann, Bob, carl, dora];
const names = namesOf(all);

/** Rooms, and entries by an actor that are folded at once. */
function started() {
  const rooms = createRooms();
  let sequence = 0;
  const fold = (actor: Participant, change: Change): number => {
    sequence++;
    const room = change.room === 'new' ? sequence : change.room;
    const detail: Detail = { ...change, room, account: actor.account };
    const text = { id: '', timestamp: 1000, type: contentType.text, content: new Uint8Array(0) };
    const message = { ...text, sequence, from: actor.name, detail };
    expect(rooms.apply({ room, kind: change.kind, sequence, message: () => message })).toBeUndefined();
    return sequence;
  };
  const say = (actor: Participant, room: number): number => fold(actor, { room, kind: messageKind.message });
  const create = (actor: Participant, name: string, type: number, members: string[] = [], seen = 0): number =>
    fold(actor, creation(names, actor, { name, topic: '', type, past: seen, members, id: '' }));
  return { rooms, fold, say, create, snapshot: { rooms, names } };
}

const everyRoom = { prefix: '', after: '', limit: 50 };

test('the newest message of a room is one that the account may see', () => {
  const { create, say, fold, snapshot } = started();
  const closed = create(ann, 'closed', roomType.closed);
  const whole = create(ann, 'whole', roomType.closed, [], past.all);
  const before = [say(ann, closed), say(ann, whole)];
  fold(ann, memberChangeOf(closed, memberChange.invited, Bob));
  fold(ann, memberChangeOf(whole, memberChange.invited, Bob));
  const newest = ({ account }: Participant) => roomsOf(snapshot, account).map((room) => room.newest);
  expect(newest(ann)).toEqual([0, ...before]);
  expect(newest(Bob)).toEqual([0, 0, before[1]]);
  const after = say(ann, closed);
  expect(newest(Bob)).toEqual([0, after, before[1]]);
});

test('the list of rooms begins with the lobby and contains the rooms of the account only', () => {
  const { create, say, fold, snapshot } = started();
  create(ann, 'theirs', roomType.closed);
  const open = create(ann, 'open', roomType.open);
  const closed = create(Bob, 'closed', roomType.closed, ['CARL']);
  const direct = fold(carl, directCreation([carl, Bob]));
  const newest = say(ann, 0);
  expect(roomsOf(snapshot, carl.account)).toEqual([
    expect.objectContaining({ number: 0, name: 'lobby', memberCount: 4, newest, joined: true }),
    expect.objectContaining({ number: closed, name: 'closed', memberCount: 2, role: roomRole.member }),
    expect.objectContaining({
      number: direct,
      name: '',
      participants: ['Bob', 'carl'],
      type: roomType.direct,
    }),
  ]);
  const room = visibleRoom(snapshot.rooms, carl.account, { number: open, name: '' });
  expect(roomView(snapshot, carl.account, room)).toMatchObject({ joined: false, memberCount: 1 });
});

test('a room without a membership is invisible by number and by name, unless it is open', () => {
  const { create, rooms } = started();
  const closed = create(ann, 'closed', roomType.closed);
  create(ann, 'open', roomType.open);
  const find = (number: number, name: string) => () => visibleRoom(rooms, dora.account, { number, name });
  const noSuchRoom = expect.objectContaining({ code: 'no-such-room', message: 'no such room' });
  for (const [number, name] of [
    [closed, ''],
    [0, 'closed'],
    [99, ''],
    [0, 'missing'],
  ] as const)
    expect(find(number, name)).toThrow(noSuchRoom);
  expect(find(0, 'open')().name).toBe('open');
  expect(find(0, '')().name).toBe('lobby');
  expect(find(0, 'lobby')().number).toBe(0);
  expect(find(closed, 'open')).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('the pages of open rooms are sorted, complete and without closed rooms, also if two have one name', () => {
  const { create, fold, rooms, snapshot } = started();
  const archive = (number: number): void => {
    const room = rooms.get(number);
    for (const change of room ? updatesOf(room, { room: number, archived: true }) : []) fold(ann, change);
  };
  for (const name of ['b', 'a', 'ba']) archive(create(ann, name, roomType.open));
  for (const name of ['b', 'c']) create(ann, name, roomType.open);
  create(ann, 'bb', roomType.closed);
  const pages = (prefix: string, limit: number): string[] => {
    const found: string[] = [];
    for (let after = ''; ;) {
      const page = openRooms(snapshot, dora.account, { prefix, after, limit });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map(({ name, archived }) => `${name}${archived ? ' archived' : ''}`));
      if (page.next === '') return found;
      after = page.next;
    }
  };
  const sorted = ['a archived', 'b archived', 'b', 'ba archived', 'c'];
  for (const limit of [1, 2, 3, 5, 50]) expect(pages('', limit)).toEqual(sorted);
  expect(pages('b', 1)).toEqual(['b archived', 'b', 'ba archived']);
  expect(() => openRooms(snapshot, dora.account, { ...everyRoom, after: 'b' })).toThrow('next of a page');
});

test('an open room is not listed for an account that is banned from it', () => {
  const log = new RoomLog();
  const ops = log.create('M', 'ops');
  log.create('M', 'other');
  log.member('M', ops, 'banned', 'A');
  const listFor = (account: string) =>
    openRooms({ rooms: log.rooms, names }, account, everyRoom).items.map(({ name }) => name);
  expect(listFor('A')).toEqual(['other']);
  expect(listFor('B')).toEqual(['ops', 'other']);
});

test('the pages of members are sorted by name and complete', () => {
  const { create, snapshot } = started();
  const room = create(dora, 'room', roomType.closed, ['Bob', 'ann']);
  const page = (after: string, limit: number) =>
    membersOf(snapshot, ann.account, { room, after, limit }, (name) => name === 'Bob');
  expect(page('', 2)).toEqual({
    items: [
      { name: 'ann', role: roomRole.member, online: false },
      { name: 'Bob', role: roomRole.member, online: true },
    ],
    next: 'Bob',
  });
  expect(page('Bob', 2)).toEqual({
    items: [{ name: 'dora', role: roomRole.moderator, online: false }],
    next: '',
  });
  expect(page('', 3).next).toBe('');
  expect(() => membersOf(snapshot, carl.account, { room, after: '', limit: 2 }, () => false)).toThrow(
    'no such room',
  );
});

test('all accounts are members of the lobby', () => {
  const { snapshot } = started();
  const { items } = membersOf(snapshot, ann.account, { room: 0, after: '', limit: 50 }, () => false);
  expect(items.map(({ name }) => name)).toEqual(['ann', 'Bob', 'carl', 'dora']);
});

test('a removed account is neither counted nor listed, and stays a participant until its name is used again', () => {
  const { create, fold, rooms } = started();
  const room = create(ann, 'room', roomType.closed, ['Bob']);
  const direct = fold(ann, directCreation([ann, Bob]));
  const view = (snapshot: Parameters<typeof roomView>[0], number: number) =>
    roomView(snapshot, ann.account, visibleRoom(rooms, ann.account, { number, name: '' }));
  const removed = { rooms, names: namesOf([ann, carl], [Bob]) };
  expect(view(removed, room).memberCount).toBe(1);
  expect(membersOf(removed, ann.account, { room, after: '', limit: 9 }, () => false).items).toHaveLength(1);
  expect(view(removed, direct)).toMatchObject({ memberCount: 1, participants: ['Bob', 'ann'] });
  const again = { rooms, names: namesOf([ann, { account: 'another', name: 'bob' }], [Bob]) };
  expect(view(again, direct).participants).toEqual(['ann']);
  expect(roomsOf(again, 'another').map(({ number }) => number)).toEqual([0]);
});
