import { describe, expect, test } from '@jest/globals';
import { logWithRoom, RoomLog } from '../../../test/support/room-log.js';
import { past, roomRole, roomType } from '../../shared/message.js';

const closed = { type: roomType.closed };
const ok = undefined;
const noSuchRoom = error('no-such-room', 'no such room');

function error(code: string, message: string) {
  return expect.objectContaining({ code, message });
}

describe('members', () => {
  test('any account joins an open room once, and a closed one only by invitation of a member', () => {
    const { log, room } = logWithRoom();
    const hidden = log.create('M', 'hidden', closed);
    expect(log.member('C', room, 'joined')).toBe(ok);
    expect(log.member('C', room, 'joined')?.code).toBe('already-exists');
    expect(log.member('C', room, 'joined', 'D')).toEqual(error('not-permitted', 'only the user can join'));
    expect(log.member('C', hidden, 'joined')).toEqual(noSuchRoom);
    expect(log.member('D', hidden, 'invited', 'C')).toEqual(noSuchRoom);
    expect(log.member('M', hidden, 'invited', 'C')).toBe(ok);
    expect(log.member('M', hidden, 'invited', 'C')).toEqual(error('already-exists', 'c is a member already'));
    expect(log.member('C', hidden, 'invited', 'D')).toBe(ok);
  });

  test('members leave by themselves, and only moderators remove others', () => {
    const { log, room } = logWithRoom();
    expect(log.member('A', room, 'left', 'B')).toEqual(error('not-permitted', 'only the user can leave'));
    expect(log.member('A', room, 'removed', 'B')).toEqual(
      error('not-permitted', 'only moderators may do this'),
    );
    expect(log.member('M', room, 'removed', 'B')).toBe(ok);
    expect(log.member('M', room, 'removed', 'B')).toEqual(
      error('not-found', 'b is not a member of this room'),
    );
    expect([...log.rooms.former('B')]).toEqual([[room, 4]]);
    expect(log.rooms.of('B').size).toBe(0);
  });

  test('a banned account is no member and joins only when the ban is over', () => {
    const { log, room } = logWithRoom();
    const until = Date.UTC(2026, 11, 1, 14, 5);
    log.now = until - 1;
    expect(log.member('A', room, 'banned', 'B')?.message).toBe('only moderators may do this');
    expect(log.member('M', room, 'banned', 'M')?.message).toBe('you cannot ban yourself');
    expect(log.member('M', room, 'banned', 'A', { until: log.now })?.message).toBe(
      'the time until when must be in the future',
    );
    expect(log.member('M', room, 'banned', 'A', { until })).toBe(ok);
    const banned = error('not-permitted', 'you are banned from this room until 2026-12-01 14:05 UTC');
    expect(log.member('A', room, 'joined')).toEqual(banned);
    expect(log.write('A', room)).toEqual(banned);
    expect(log.member('B', room, 'invited', 'A')?.message).toBe(
      'a is banned from this room until 2026-12-01 14:05 UTC',
    );
    log.now = until;
    expect(log.member('A', room, 'joined')).toBe(ok);
    expect(log.rooms.get(room)?.banned.size).toBe(0);
  });

  test('an account that is banned from a closed room cannot tell that it exists', () => {
    const { log, room } = logWithRoom(closed);
    expect(log.member('M', room, 'banned', 'A')).toBe(ok);
    expect(log.member('M', room, 'banned', 'C')).toBe(ok);
    expect(log.member('A', room, 'joined')).toEqual(noSuchRoom);
    expect(log.member('C', room, 'joined')).toEqual(noSuchRoom);
    expect(log.member('M', room, 'unbanned', 'A')).toBe(ok);
    expect(log.member('M', room, 'unbanned', 'A')).toEqual(error('not-found', 'a is not banned'));
    expect(log.member('B', room, 'invited', 'A')).toBe(ok);
  });

  test('moderators appoint others; a moderator cannot be muted and the last one keeps the role', () => {
    const { log, room } = logWithRoom();
    const { member, moderator } = roomRole;
    expect(log.member('A', room, 'role', 'A', { role: moderator })?.message).toBe(
      'only moderators may do this',
    );
    expect(log.member('M', room, 'role', 'M', { role: member })?.message).toBe(
      'a room needs a moderator: make another member one first',
    );
    expect(log.member('M', room, 'role', 'A', { role: 2 })?.code).toBe('unsupported');
    expect(log.member('M', room, 'role', 'A', { role: moderator })).toBe(ok);
    expect(log.member('M', room, 'role', 'A', { role: moderator })?.code).toBe('already-exists');
    expect(log.member('M', room, 'muted', 'A')?.message).toBe('a moderator cannot be muted');
    expect(log.member('A', room, 'role', 'M', { role: member })).toBe(ok);
  });

  test('when the last moderator leaves, the longest member who is not muted becomes one', () => {
    const { log, room } = logWithRoom();
    log.member('C', room, 'joined');
    log.member('M', room, 'muted', 'A');
    expect(log.member('M', room, 'left')).toBe(ok);
    expect(log.rooms.get(room)?.members.get('B')).toEqual({ since: 1, role: roomRole.moderator });
    expect(log.member('B', room, 'banned', 'C')).toBe(ok);
    expect(log.member('B', room, 'left')).toBe(ok);
    expect(log.rooms.get(room)?.members.get('A')?.role).toBe(roomRole.moderator);
    expect(log.write('A', room)).toBe(ok);
  });

  test('the first to join an open room without members becomes its moderator', () => {
    const log = new RoomLog();
    const room = log.create('M', 'ops');
    expect(log.member('M', room, 'left')).toBe(ok);
    expect(log.member('A', room, 'joined')).toBe(ok);
    expect(log.member('B', room, 'joined')).toBe(ok);
    expect(log.rooms.get(room)?.members.get('A')?.role).toBe(roomRole.moderator);
    expect(log.rooms.get(room)?.members.get('B')?.role).toBe(roomRole.member);
  });

  test('a closed room is archived when its last member leaves, so that its name is free', () => {
    const log = new RoomLog();
    const room = log.create('M', 'ops', { ...closed, past: past.all });
    expect(log.member('M', room, 'left')).toBe(ok);
    expect(log.rooms.get(room)?.archived).toBe(true);
    expect(log.create('A', 'ops')).toBeGreaterThan(room);
  });

  test('the listener is called after each change of a membership', () => {
    const { log, room } = logWithRoom();
    const calls: unknown[] = [];
    log.rooms.onMembership((account, number, isMember) => {
      expect(log.rooms.get(number)?.members.has(account)).toBe(isMember);
      calls.push([account, number, isMember]);
    });
    const other = log.create('M', 'other', { members: 'A' });
    log.member('C', room, 'joined');
    log.member('C', room, 'joined');
    log.member('M', room, 'muted', 'A');
    log.member('M', room, 'banned', 'A');
    log.member('M', room, 'banned', 'D');
    expect(calls).toEqual([
      ['M', other, true],
      ['A', other, true],
      ['C', room, true],
      ['A', room, false],
    ]);
  });
});
