import { describe, expect, test } from '@jest/globals';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { roomRole, roomType } from '../../../shared/message.js';
import type { RoomView } from '../../../shared/room-answers.js';
import type { RoomCall } from '../state/app-event.js';

const ops = roomNamed(7, 'ops', { memberCount: 3, topic: 'deploys' });
const board = roomNamed(8, 'board', { type: roomType.closed, memberCount: 1 });
const anna = directRoom(9, 'anna');

function inRoom(room?: RoomView): AppDriver {
  const driver = new AppDriver().connectWithRooms(ops, board, anna);
  return room ? run(driver, room.name === '' ? '/query anna' : `/join #${room.name}`) : driver;
}

function run(driver: AppDriver, command: string): AppDriver {
  return driver.type(command).keys('enter');
}

function calls(driver: AppDriver): RoomCall[] {
  return driver.asked('room-call').map(({ call }) => call);
}

/** The server's answer to the last call, which the session knows first. */
function answered(driver: AppDriver, room?: RoomView): AppDriver {
  const [effect] = driver.asked('room-call').slice(-1);
  if (!effect) throw new Error('nothing was called');
  const { call, from } = effect;
  if (room) driver.sessionEvents({ type: 'room-known', room });
  else if (call.what === 'leave') driver.sessionEvents({ type: 'room-gone', room: call.room.number });
  return driver.send({ type: 'room-called', call, from, room });
}

function rejected(driver: AppDriver, code: ChatError['code'], message: string, hint?: string): AppDriver {
  const [effect] = driver.asked('room-call').slice(-1);
  if (!effect) throw new Error('nothing was called');
  const reason = new ChatError(code, message, hint === undefined ? {} : { hint });
  const { call, command } = effect;
  return driver.send({ type: 'room-call-failed', call, reason, ...(command && { command }) });
}

describe('opening a room', () => {
  test('/join opens a room of the user, with or without #, in any case', () => {
    expect(inRoom(ops).state.room).toBe(7);
    expect(run(inRoom(), '/join OPS').state.room).toBe(7);
    expect(calls(inRoom(ops))).toEqual([]);
  });

  test('/join becomes a member of another room, then opens it', () => {
    const driver = run(inRoom(), '/join #deploy');
    expect(calls(driver)).toEqual([{ what: 'join', room: 'deploy' }]);
    answered(driver, roomNamed(20, 'deploy'));
    expect(driver.state).toMatchObject({ room: 20, notice: 'Joined #deploy.' });
  });

  test('a room does not open while the user writes', () => {
    const driver = run(inRoom(), '/join #deploy').type('hello');
    answered(driver, roomNamed(20, 'deploy'));
    expect(driver.state).toMatchObject({ room: 0, notice: 'Joined #deploy. /join #deploy opens it.' });
    expect(driver.draft).toBe('hello');
  });

  test('/create opens the new room', () => {
    const driver = run(inRoom(), '/create Plans closed');
    expect(calls(driver)).toEqual([{ what: 'create', name: 'plans', isClosed: true }]);
    answered(driver, roomNamed(20, 'plans', { type: roomType.closed }));
    expect(driver.state.room).toBe(20);
    expect(driver.notice).toBe('Created #plans, a closed room. /invite NAME adds a member.');
  });

  test('/query and /msg open a direct room of the user, and /msg sends a text there', () => {
    expect(run(inRoom(), '/query @Anna').state.room).toBe(9);
    const driver = run(inRoom(), '/msg anna hello there');
    expect(driver.state.room).toBe(9);
    expect(driver.asked('submit')).toMatchObject([{ room: 9 }]);
    expect(driver.submitted()).toEqual(['hello there']);
  });

  test('/msg sends to a new direct room once it exists', () => {
    const driver = run(inRoom(), '/msg ben,carl hello');
    expect(driver.submitted()).toEqual([]);
    answered(driver, directRoom(21, 'ben', 'carl'));
    expect(driver.state.room).toBe(21);
    expect(driver.asked('submit')).toMatchObject([{ room: 21 }]);
  });

  test('/msg sends even if the user writes elsewhere by now', () => {
    const driver = run(inRoom(), '/msg ben hello').type('x');
    answered(driver, directRoom(21, 'ben'));
    expect(driver.state).toMatchObject({ room: 0, notice: '/query ben opens it.' });
    expect(driver.submitted()).toEqual(['hello']);
  });

  test('rooms of the user open without a connection, and messages wait in the outbox', () => {
    const reason = new ChatError('unreachable', 'gone');
    const driver = inRoom().sessionEvents({ type: 'lost', reason });
    expect(run(driver, '/msg anna later').state.room).toBe(9);
    expect(driver.submitted()).toEqual(['later']);
  });
});

describe('changing a room', () => {
  test.each<[string, RoomCall, string]>([
    ['/topic now', { what: 'update', room: ops, change: { topic: 'now' } }, 'Set the topic of #ops.'],
    ['/topic ""', { what: 'update', room: ops, change: { topic: '' } }, 'Removed the topic of #ops.'],
    [
      '/rename Operations',
      { what: 'update', room: ops, change: { name: 'operations' } },
      'Renamed #ops to #operations. To undo: /rename ops',
    ],
    [
      '/archive',
      { what: 'update', room: ops, change: { archived: true } },
      'Archived #ops: it can be read, but not written. To undo: /unarchive',
    ],
    [
      '/invite @ben',
      { what: 'invite', room: ops, name: 'ben' },
      'ben is a member of #ops now. To undo: /kick ben',
    ],
    ['/kick ben', { what: 'remove', room: ops, name: 'ben' }, 'Removed ben from #ops. To undo: /invite ben'],
  ])('%s says what happened', (command, call, notice) => {
    const driver = run(inRoom(ops), command);
    expect(calls(driver)).toEqual([call]);
    expect(driver.draft).toBe('');
    expect(answered(driver, call.what === 'update' ? ops : undefined).notice).toBe(notice);
  });

  test('/topic shows the topic', () => {
    expect(run(inRoom(ops), '/topic').notice).toBe('#ops: deploys');
    expect(run(inRoom(board), '/topic').notice).toBe('#board has no topic. Usage: /topic [TEXT]');
  });

  test('/leave goes to the lobby, and says how to return', () => {
    const driver = answered(run(inRoom(ops), '/leave'));
    expect(driver.state).toMatchObject({ room: 0, notice: 'Left #ops. /join #ops returns to it.' });
  });

  test('the last member of a closed room names it to leave', () => {
    const driver = run(inRoom(board), '/leave');
    expect(calls(driver)).toEqual([]);
    expect(driver.notice).toBe('After you, no one can read #board again. To leave anyway: /leave #board');
    expect(calls(run(driver.keys('ctrl+u'), '/leave #board'))).toEqual([{ what: 'leave', room: board }]);
  });
});

describe('a command that cannot succeed stays in the draft, with a reason', () => {
  test.each([
    ['/join', 'Usage: /join #ROOM'],
    ['/create', 'Usage: /create ROOM [closed]'],
    ['/create ops secret', 'Usage: /create ROOM [closed]'],
    ['/create #ops', 'You are in #ops already. /join #ops opens it.'],
    ['/create Ops!', 'Ops! cannot be the name of a room. Use 1 to 32 characters of a-z, 0-9, _ . and -'],
    ['/msg', 'Usage: /msg NAME [TEXT]'],
    ['/query anna hello', 'Usage: /query NAME'],
    ['/query user1', 'That is your own name.'],
    ['/rename', 'Usage: /rename ROOM'],
    ['/invite', 'Usage: /invite NAME'],
    ['/invite ben', 'All users are in the lobby, always. /join #ROOM opens another room.'],
    ['/kick', 'Usage: /kick NAME'],
    ['/leave', 'The lobby is the room of all users: it cannot be left.'],
    ['/leave #osp', 'You are not in #osp. Did you mean #ops?'],
    ['/unarchive #ops', '#ops is not archived.'],
    ['/jion #ops', 'Unknown command /jion. Did you mean /join?'],
  ])('%s', (command, notice) => {
    const driver = run(inRoom(), command);
    expect([driver.notice, driver.draft]).toEqual([notice, command]);
    expect(calls(driver)).toEqual([]);
  });

  test('a text that is too long is not sent', () => {
    const driver = run(inRoom(), `/msg anna ${'x'.repeat(101)}`);
    expect(driver.notice).toMatch(/^The text has 101 B, the limit is 100 B/);
    expect(driver.asked('submit')).toEqual([]);
  });

  test.each(['/join #deploy', '/create x', '/rooms', '/names', '/invite ben', '/topic x', '/query ben'])(
    '%s without a connection',
    (command) => {
      const reason = new ChatError('unreachable', 'gone');
      const driver = run(inRoom(ops).sessionEvents({ type: 'lost', reason }), command);
      expect(driver.notice).toBe(
        'Not connected: try again once the connection is back. /reconnect tries now.',
      );
      expect(driver.draft).toBe(command);
    },
  );

  test.each(['/join #deploy', '/create x', '/rooms', '/invite ben', '/msg ben hello'])(
    '%s on a server with a single room',
    (command) => {
      const driver = run(new AppDriver().connect(), command);
      expect([driver.notice, driver.draft]).toEqual(['This server has a single room.', command]);
    },
  );

  test('/names on a server with a single room shows who is online', () => {
    expect(run(new AppDriver().connect(), '/names').state.mode.type).toBe('users');
  });

  test.each<[string, ChatError['code'], string, string]>([
    ['/topic x', 'not-permitted', 'only moderators may change this room', 'Its moderators: /names'],
    ['/topic x', 'room-archived', 'this room is archived', 'A moderator can open it again: /unarchive'],
    ['/invite ben', 'not-found', 'no such user: ben', ''],
    ['/kick ben', 'not-found', 'ben is not a member of this room', 'Its members: /names'],
    ['/invite ben', 'limit-reached', 'a room has at most 10000 members', ''],
    ['/invite ben', 'timed-out', 'the server did not answer in time', 'It may have happened all the same.'],
  ])('%s rejected with %s', (command, code, message, step) => {
    const driver = rejected(run(inRoom(ops), command), code, message);
    const sentence = message.replace(/^(?!ben)./, (letter) => letter.toUpperCase()).replace(/^ben/, 'Ben');
    expect(driver.notice).toBe(step === '' ? sentence : `${sentence}. ${step}`);
    expect(driver.draft).toBe(command);
  });

  test('a name that is taken, and a room that does not exist', () => {
    const taken = rejected(run(inRoom(), '/create x'), 'already-exists', 'there is already a room named x');
    expect(taken.notice).toBe('The name #x is taken, perhaps by a closed room: choose another one.');
    const missing = rejected(
      run(inRoom(), '/join #y'),
      'no-such-room',
      'no such room: #y',
      'Did you mean #x?',
    );
    expect(missing.notice).toBe('No such room: #y. Did you mean #x?');
  });

  test('an unknown user is compared with the known ones', () => {
    const driver = inRoom(ops).sessionEvents({ type: 'online', names: ['benjamin', 'carl'] });
    rejected(run(driver, '/invite carls'), 'not-found', 'no such user: carls');
    expect(driver.notice).toBe('No such user: carls. Did you mean carl?');
  });

  test('a moderator gets no advice to ask one', () => {
    const own = { ...ops, role: roomRole.moderator };
    const driver = run(run(new AppDriver().connectWithRooms(own), '/join #ops'), '/kick ben');
    expect(rejected(driver, 'not-permitted', 'you cannot do this').notice).toBe('You cannot do this');
  });

  test('it returns to the room where it was typed, unless something is written there by now', () => {
    const driver = run(run(inRoom(ops), '/topic x'), '/join #board');
    rejectedFirst(driver);
    expect(driver.draft).toBe('');
    expect(run(driver, '/join #ops').draft).toBe('/topic x');
    const busy = run(run(inRoom(ops), '/topic x'), '/join #board');
    run(busy, '/join #ops').type('a text');
    rejectedFirst(busy);
    expect(busy.draft).toBe('a text');
  });
});

function rejectedFirst(driver: AppDriver): void {
  const [effect] = driver.asked('room-call');
  if (!effect) throw new Error('nothing was called');
  const { call, command } = effect;
  const reason = new ChatError('unreachable', 'gone');
  driver.send({ type: 'room-call-failed', call, reason, ...(command && { command }) });
}
