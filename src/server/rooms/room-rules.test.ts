import { describe, expect, test } from '@jest/globals';
import { logWithRoom, RoomLog } from '../../../test/support/room-log.js';
import { messageKind, roomRole, roomType } from '../../shared/message.js';
import { roomLimits } from './room-rules.js';

const closed = { type: roomType.closed };
const ok = undefined;
const noSuchRoom = error('no-such-room', 'no such room');

function error(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

describe('creating', () => {
  test('a room has the sequence of its entry as number, its creator as moderator and its first members', () => {
    const { log, room } = logWithRoom();
    expect(room).toBe(1);
    expect(log.rooms.named('ops')).toMatchObject({ number: 1, creator: 'M', lastEntry: 1, newest: 0 });
    const member = { since: 1, role: roomRole.member };
    expect([...(log.rooms.get(room)?.members ?? [])]).toEqual([
      ['M', { since: 1, role: roomRole.moderator }],
      ['A', member],
      ['B', member],
    ]);
    expect([...log.rooms.of('A')]).toEqual([1]);
  });

  test.each(['', 'Ops', 'a b', 'ä', 'x'.repeat(33), 'ops\n'])('the name %j is rejected', (name) => {
    expect(() => new RoomLog().create('M', name)).toThrow('a room name has 1 to 32 characters');
  });

  test('the name of another room or of the lobby is rejected', () => {
    const { log } = logWithRoom();
    expect(() => log.create('A', 'ops')).toThrow('there is already a room named ops');
    expect(() => log.create('A', 'lobby')).toThrow('there is already a room named lobby');
  });

  test('a topic of more than one line or 250 characters is rejected', () => {
    const log = new RoomLog();
    expect(() => log.create('M', 'a', { topic: 'one\ntwo' })).toThrow('a topic is one line');
    expect(() => log.create('M', 'a', { topic: 'x'.repeat(251) })).toThrow('at most 250 characters');
    expect(() => log.create('M', 'a', { topic: '\u{1f600}'.repeat(251) })).toThrow('at most 250 characters');
    expect(log.create('M', 'a', { topic: '\u{1f600}'.repeat(250) })).toBe(4);
  });

  test('an account creates at most 100 rooms, direct ones not counted', () => {
    const log = new RoomLog();
    log.direct('MA');
    for (let index = 0; index < roomLimits.maxRoomsPerAccount; index++) log.create('M', `room-${index}`);
    expect(() => log.create('M', 'more')).toThrow('you have created 100 rooms, which is the limit');
    expect(log.direct('MB')).toBeGreaterThan(0);
    expect(log.create('A', 'more')).toBeGreaterThan(0);
  });

  test('an account creates at most 1,000 direct rooms', () => {
    const log = new RoomLog();
    for (let index = 0; index < roomLimits.maxDirectRoomsPerAccount; index++) {
      log.direct(`M${String.fromCodePoint(0x4e00 + index)}`);
    }
    expect(() => log.direct('MA')).toThrow('you have created 1000 direct rooms, which is the limit');
    expect(log.direct('AM')).toBeGreaterThan(0);
  });

  test('a room has at most 10,000 members', () => {
    const log = new RoomLog();
    const members = Array.from({ length: 9_999 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join(
      '',
    );
    const room = log.create('M', 'ops', { members });
    const full = error('limit-reached', 'a room has at most 10000 members');
    expect(log.member('C', room, 'joined')).toEqual(full);
    expect(log.member('M', room, 'invited', 'C')).toEqual(full);
    expect(() => log.create('M', 'more', { members: `${members}C` })).toThrow('at most 10000 members');
  });

  test('an entry that creates a room under another number is void', () => {
    const { log } = logWithRoom();
    const created = log.entries[0]?.message().detail?.roomChange;
    expect(
      log.add('C', 7, messageKind.room, created ? { roomChange: { ...created, name: 'x' } } : {}),
    ).toEqual(noSuchRoom);
    expect(log.rooms.get(7)).toBeUndefined();
  });
});

describe('direct rooms', () => {
  test('a set of accounts has one, regardless of who creates it', () => {
    const log = new RoomLog();
    const room = log.direct('AB');
    expect(() => log.direct('BA')).toThrow('this direct room exists already');
    expect(log.rooms.direct(['B', 'A'])?.number).toBe(room);
    expect(log.direct('ABC')).not.toBe(room);
  });

  test('one has 2 to 8 participants, its creator among them, and no name', () => {
    const log = new RoomLog();
    const { direct: type } = roomType;
    expect(() => log.direct('AA')).toThrow('a direct room needs another user');
    expect(() => log.direct('ABCDEFGHI')).toThrow('a direct room has at most 8 members');
    expect(() => log.create('M', '', { type, members: 'AB' })).toThrow('a direct room includes its creator');
    expect(() => log.create('A', 'x', { type, members: 'AB' })).toThrow('a direct room has no name');
    expect(log.direct('ABCDEFGH')).toBeGreaterThan(0);
  });

  test('one cannot be left or changed, and others cannot tell that it exists', () => {
    const log = new RoomLog();
    const room = log.direct('AB');
    expect(log.member('A', room, 'left')).toEqual(error('not-permitted', 'a direct room cannot be left'));
    const unchangeable = error('not-permitted', 'the members of a direct room cannot be changed');
    for (const what of ['invited', 'removed', 'banned', 'muted', 'role'] as const) {
      expect(log.member('A', room, what, 'B')).toEqual(unchangeable);
    }
    for (const what of ['renamed', 'topic', 'archived', 'unarchived'] as const) {
      expect(log.change('A', room, what, 'x')).toEqual(
        error('not-permitted', 'a direct room cannot be changed'),
      );
    }
    expect(log.member('C', room, 'joined')).toEqual(noSuchRoom);
    expect(log.write('C', room)).toEqual(noSuchRoom);
    expect(log.write('B', room)).toBe(ok);
  });
});

describe('writing', () => {
  test('members write, and the newest message is remembered', () => {
    const { log, room } = logWithRoom();
    expect(log.write('A', room)).toBe(ok);
    expect(log.change('M', room, 'topic', 'x')).toBe(ok);
    expect(log.rooms.get(room)).toMatchObject({ newest: 2, lastEntry: 3 });
  });

  test('others are asked to join an open room, and cannot tell that a closed one exists', () => {
    const { log, room } = logWithRoom();
    const hidden = log.create('M', 'hidden', closed);
    expect(log.write('C', room)).toEqual(
      error('not-permitted', 'you are not a member of this room: join it first'),
    );
    expect(log.write('C', hidden)).toEqual(noSuchRoom);
    expect(log.write('C', 99)).toEqual(noSuchRoom);
  });

  test('a muted member cannot write until the time is over, also not by joining again', () => {
    const { log, room } = logWithRoom();
    const until = Date.UTC(2026, 11, 1, 14, 5);
    log.now = until - 1;
    expect(log.member('M', room, 'muted', 'A', { until })).toBe(ok);
    const muted = error('not-permitted', 'you are muted in this room until 2026-12-01 14:05 UTC');
    expect(log.write('A', room)).toEqual(muted);
    expect(log.member('A', room, 'left')).toBe(ok);
    expect(log.member('A', room, 'joined')).toBe(ok);
    expect(log.write('A', room)).toEqual(muted);
    log.now = until;
    expect(log.write('A', room)).toBe(ok);
  });

  test('a member who is muted permanently writes after being unmuted', () => {
    const { log, room } = logWithRoom();
    expect(log.member('M', room, 'muted', 'A')).toBe(ok);
    expect(log.write('A', room)).toEqual(error('not-permitted', 'you are muted in this room'));
    expect(log.member('M', room, 'unmuted', 'A')).toBe(ok);
    expect(log.member('M', room, 'unmuted', 'A')).toEqual(error('not-found', 'a is not muted'));
    expect(log.write('A', room)).toBe(ok);
  });

  test('messages of the lobby are always valid and not decoded', () => {
    const { log } = logWithRoom();
    const entry = {
      room: 0,
      kind: messageKind.message,
      message: () => {
        throw new Error('decoded');
      },
    };
    expect(log.rooms.verdict(entry)).toBe(ok);
    expect(log.rooms.apply({ ...entry, sequence: 2 })).toBe(ok);
    expect(log.rooms.get(0)).toMatchObject({ newest: 2, lastEntry: 2 });
  });

  test('unknown kinds and changes are void in every room', () => {
    const { log, room } = logWithRoom();
    for (const kind of [6, 63, 99]) {
      for (const number of [0, room, 99]) {
        expect(log.add('M', number, kind, {})).toEqual(
          error('unsupported', 'this server does not know such an entry'),
        );
      }
    }
    const change = { what: 9, account: 'A', name: 'a', until: 0, role: 0 };
    expect(log.add('M', room, messageKind.member, { memberChange: change })?.code).toBe('unsupported');
    expect(log.add('M', room, messageKind.member, {})?.code).toBe('unsupported');
    expect(log.rooms.isVoid(log.rooms.upTo())).toBe(true);
  });

  test('an entry without an account id and one that cannot be decoded are void', () => {
    const { log, room } = logWithRoom();
    expect(log.write('', room)?.message).toBe('the entry names no account');
    const broken = () => {
      throw new Error('broken');
    };
    expect(log.rooms.apply({ sequence: 9, room, kind: 0, message: broken })?.message).toBe('broken');
    expect([...log.rooms.voids()]).toEqual([2, 9]);
  });
});

describe('changing a room', () => {
  test('only moderators change it, and others cannot tell that a closed one exists', () => {
    const { log, room } = logWithRoom(closed);
    expect(log.change('A', room, 'topic', 'x')).toEqual(
      error('not-permitted', 'only moderators may change this room'),
    );
    expect(log.change('C', room, 'topic', 'x')).toEqual(noSuchRoom);
    expect(log.change('M', room, 'topic', 'two\nlines')?.code).toBe('usage');
    expect(log.change('M', room, 'topic', 'x')).toBe(ok);
    expect(log.rooms.get(room)?.topic).toBe('x');
  });

  test('a new name follows the rules, and the old one is free', () => {
    const { log, room } = logWithRoom();
    log.create('M', 'taken');
    expect(log.change('M', room, 'renamed', 'taken')?.code).toBe('already-exists');
    expect(log.change('M', room, 'renamed', 'Bad')?.code).toBe('usage');
    expect(log.change('M', room, 'renamed', 'new')).toBe(ok);
    expect(log.rooms.named('new')?.number).toBe(room);
    expect(log.rooms.named('ops')).toBeUndefined();
    expect(log.create('A', 'ops')).toBeGreaterThan(0);
  });

  test('an archived room is read-only, but can be left, and its moderators remove and ban members', () => {
    const { log, room } = logWithRoom();
    expect(log.change('M', room, 'archived')).toBe(ok);
    const archived = error('room-archived', 'this room is archived');
    expect(log.change('M', room, 'archived')).toEqual(archived);
    expect(log.change('M', room, 'topic', 'x')).toEqual(archived);
    expect(log.write('M', room)).toEqual(archived);
    expect(log.member('C', room, 'joined')).toEqual(archived);
    expect(log.member('A', room, 'invited', 'C')).toEqual(archived);
    expect(log.member('M', room, 'muted', 'A')).toEqual(archived);
    expect(log.member('A', room, 'left')).toBe(ok);
    expect(log.member('M', room, 'removed', 'B')).toBe(ok);
    expect(log.member('M', room, 'banned', 'C')).toBe(ok);
  });

  test('a room cannot leave the archive while another one has its name', () => {
    const { log, room } = logWithRoom();
    expect(log.change('M', room, 'unarchived')).toEqual(error('usage', 'this room is not archived'));
    expect(log.change('M', room, 'archived')).toBe(ok);
    const other = log.create('A', 'ops');
    expect(log.change('M', room, 'unarchived')).toEqual(
      error('already-exists', 'there is already a room named ops'),
    );
    expect(log.change('A', other, 'renamed', 'other')).toBe(ok);
    expect(log.change('M', room, 'unarchived')).toBe(ok);
    expect(log.rooms.named('ops')?.number).toBe(room);
  });

  test('the lobby cannot be changed, left or joined', () => {
    const { log } = logWithRoom();
    const fixed = error('not-permitted', 'the lobby cannot be changed');
    expect(log.change('M', 0, 'renamed', 'x')).toEqual(fixed);
    expect(log.member('M', 0, 'left')).toEqual(fixed);
    expect(log.member('M', 0, 'joined')).toEqual(fixed);
  });
});

describe('changing a message', () => {
  const { edit, delete: deletion, react } = messageKind;
  const kinds = [edit, deletion, react];
  const deleted = error('not-found', 'this message was deleted');
  const noSuchMessage = error('no-such-room', 'no such message');

  /** A room with a message of `A`. */
  function logWithMessage(options: Parameters<typeof logWithRoom>[0] = closed) {
    const { log, room } = logWithRoom(options);
    log.write('A', room);
    return { log, room, target: log.rooms.upTo() };
  }

  test('is possible for members, and in the lobby for everybody', () => {
    const { log, room, target } = logWithMessage();
    expect(log.add('A', room, edit, { target })).toBe(ok);
    expect(log.add('B', room, react, { target, emoji: ['👍'] })).toBe(ok);
    expect(log.add('M', room, deletion, { target, moderated: true })).toBe(ok);
    expect(log.rooms.isDeleted(target)).toBe(true);
    log.write('X', 0);
    const inLobby = log.rooms.upTo();
    for (const kind of [edit, react, deletion]) expect(log.add('X', 0, kind, { target: inLobby })).toBe(ok);
  });

  test.each(kinds)('of kind %i is void after its deletion, whoever wants it', (kind) => {
    const { log, room, target } = logWithMessage();
    expect(log.add('A', room, deletion, { target })).toBe(ok);
    for (const account of 'AM') expect(log.add(account, room, kind, { target })).toEqual(deleted);
    expect(log.rooms.isVoid(log.rooms.upTo())).toBe(true);
  });

  test('needs a message before the change that the account can see', () => {
    const { log, room, target } = logWithMessage();
    log.member('M', room, 'invited', 'C');
    for (const kind of kinds) {
      expect(log.add('A', room, kind, { target: log.rooms.upTo() + 1 })).toEqual(noSuchMessage);
      expect(log.add('A', room, kind, {})).toEqual(noSuchMessage);
      expect(log.add('C', room, kind, { target })).toEqual(noSuchMessage);
      expect(log.add('X', room, kind, { target })).toEqual(noSuchRoom);
      expect(log.add('A', 99, kind, { target })).toEqual(noSuchRoom);
    }
  });

  test('is for members of an open room only', () => {
    const { log, room, target } = logWithMessage({ type: roomType.open });
    for (const kind of kinds) {
      expect(log.add('X', room, kind, { target })).toMatchObject({ code: 'not-permitted' });
    }
  });

  test('by someone who is muted is a deletion only', () => {
    const { log, room, target } = logWithMessage();
    log.member('M', room, 'muted', 'A');
    for (const kind of [edit, react]) {
      expect(log.add('A', room, kind, { target })?.message).toBe('you are muted in this room');
    }
    expect(log.add('A', room, deletion, { target })).toBe(ok);
  });

  test('is not possible in an archived room', () => {
    const { log, room, target } = logWithMessage();
    log.change('M', room, 'archived');
    for (const kind of kinds) expect(log.add('A', room, kind, { target })?.code).toBe('room-archived');
  });

  test('a message is deleted by another user only if that is a moderator, and in a direct room and the lobby never', () => {
    const { log, room, target } = logWithMessage();
    const moderated = { target, moderated: true };
    expect(log.add('B', room, deletion, moderated)?.message).toBe(
      'only its author and moderators can delete this message',
    );
    log.member('M', room, 'role', 'B', { role: roomRole.moderator });
    log.member('B', room, 'role', 'M', { role: roomRole.member });
    expect(log.add('M', room, deletion, moderated)?.code).toBe('not-permitted');
    expect(log.add('B', room, deletion, moderated)).toBe(ok);
    const onlyAuthor = 'only its author can delete this message';
    const direct = log.direct('AB');
    log.write('B', direct);
    expect(log.add('A', direct, deletion, { target: log.rooms.upTo(), moderated: true })?.message).toBe(
      onlyAuthor,
    );
    log.write('B', 0);
    const inLobby = { target: log.rooms.upTo(), moderated: true };
    expect(log.add('A', 0, deletion, inLobby)?.message).toBe(onlyAuthor);
  });

  test('a user reacts with at most 5 emoji of a bounded length', () => {
    const { log, room, target } = logWithMessage();
    const tooMany = error('usage', 'a user reacts to a message with at most 5 emoji');
    expect(log.add('B', room, react, { target, emoji: ['1', '2', '3', '4', '5', '6'] })).toEqual(tooMany);
    expect(log.add('B', room, react, { target, emoji: ['x'.repeat(41)] })).toEqual(tooMany);
    expect(log.add('B', room, react, { target, emoji: ['1', '2', '3', '4', '5'] })).toBe(ok);
  });
});
