import { describe, expect, test } from '@jest/globals';
import { AppDriver, roomNamed } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { roomRole } from '../../../shared/message.js';
import { dialogOf } from '../state/mode.js';
import { dialogView } from './text-dialog.js';

const rooms = [
  roomNamed(7, 'ops', { memberCount: 14, topic: 'deploys and pages' }),
  roomNamed(8, 'random', { joined: false, memberCount: 1 }),
  roomNamed(9, 'old', { joined: false, archived: true }),
];

function rows({ state }: AppDriver, columns = 60, height = 8): string[] {
  const dialog = dialogOf(state.mode);
  if (!dialog) return [];
  return dialogView(dialog, state, columns, { top: 1, height }).rows.map(({ text }) => text);
}

function browsing(): AppDriver {
  const driver = new AppDriver()
    .connectWithRooms(rooms[0] ?? roomNamed(7, 'ops'))
    .type('/rooms')
    .keys('enter');
  return driver.send({ type: 'rooms-listed', rooms, end: 'complete' });
}

describe('the list of open rooms', () => {
  test('shows members and topics, and marks the rooms that are joined', () => {
    expect(rows(browsing())).toEqual([
      'rooms: ',
      '3 open · type to find one',
      '✓ #ops     14 members  deploys and pages',
      '  #random  1 member',
      '  #old     0 members   archived',
    ]);
  });

  test('typing finds rooms by name and topic, first those whose name begins with it', () => {
    const driver = browsing().type('#O');
    expect(rows(driver)).toMatchObject({ 1: '3 of 3', 2: expect.stringContaining('#ops') });
    expect(rows(driver.keys('ctrl+u').type('pages'))).toHaveLength(3);
  });

  test('Enter opens a joined room and joins another one', () => {
    expect(browsing().keys('enter').state).toMatchObject({ room: 7, mode: { type: 'conversation' } });
    const driver = browsing().keys('down', 'enter');
    expect(driver.asked('room-call')).toEqual([
      { type: 'room-call', call: { what: 'join', room: rooms[1] }, from: 0 },
    ]);
    expect(driver.state.mode.type).toBe('conversation');
  });

  test('says why it is not complete', () => {
    const reason = new ChatError('unreachable', 'the server is gone');
    const driver = browsing().send({ type: 'rooms-listed', rooms: [], end: reason });
    expect(rows(driver)[1]).toBe('could not list the rooms: the server is gone');
    expect(rows(driver.send({ type: 'rooms-listed', rooms, end: 'full' }))[1]).toBe(
      '3+ open · type to find one',
    );
  });

  test('fits into a small screen', () => {
    expect(rows(browsing(), 20, 3)).toEqual(['rooms: ', '3 open · type to f…', '✓ #ops  14 member…']);
  });

  test('shows hostile names and topics in one harmless row each', () => {
    const hostile = roomNamed(7, 'x\u001b[2J', { topic: 'a\nb\u202e' });
    const driver = browsing().send({ type: 'rooms-listed', rooms: [hostile], end: 'complete' });
    expect(rows(driver).join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(rows(driver)).toHaveLength(3);
  });
});

describe('the list of members', () => {
  const members = [
    { name: 'anna', role: roomRole.member, online: false },
    { name: 'ben', role: roomRole.moderator, online: true },
  ];

  function listing(): AppDriver {
    const driver = new AppDriver()
      .connectWithRooms(...rooms.slice(0, 1))
      .type('/join #ops')
      .keys('enter');
    return driver
      .type('/names')
      .keys('enter')
      .send({ type: 'members-listed', room: 7, members, end: 'complete' });
  }

  test('shows who is online first, and who is a moderator', () => {
    expect(rows(listing())).toEqual(['#ops: 2 members, 1 online', '● ben  moderator', '  anna']);
  });

  test('an answer for another room changes nothing', () => {
    const driver = listing().send({ type: 'members-listed', room: 8, members: [], end: 'complete' });
    expect(rows(driver)).toHaveLength(3);
  });

  test('cuts long and hostile names to one row', () => {
    const names = ['x'.repeat(300), 'evil\u001b]0;x\u0007\u202e\nname'];
    const hostile = names.map((name) => ({ name, role: roomRole.moderator, online: true }));
    const driver = listing().send({ type: 'members-listed', room: 7, members: hostile, end: 'complete' });
    const shown = rows(driver, 20);
    expect(shown).toHaveLength(3);
    for (const row of shown) expect(row.length).toBeLessThan(20);
    expect(shown.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});
