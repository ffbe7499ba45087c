import { describe, expect, test } from '@jest/globals';
import { AppDriver, directRoom, message, roomNamed } from '../../../../test/support/app-driver.js';

/** A room in which first anna and then Anton wrote, and berta is online. */
function room(): AppDriver {
  return new AppDriver()
    .connect([message(1, 'user1'), message(2, 'anna'), message(3, 'Anton')])
    .sessionEvents({ type: 'online', names: ['berta', 'user1', 'anna'] });
}

describe('Tab', () => {
  test('cycles through the names, the latest author first', () => {
    const driver = room().type('an').keys('tab');
    expect(driver.draft).toBe('Anton: ');
    expect(driver.keys('tab').draft).toBe('anna: ');
    expect(driver.keys('tab').draft).toBe('Anton: ');
    expect(driver.keys('shift+tab').draft).toBe('anna: ');
  });

  test('inserts a name in the middle of a text without a colon, and keeps the rest', () => {
    const driver = room().type('ask ber about it');
    driver.keys(...Array<string>(' about it'.length).fill('left'), 'tab');
    expect(driver.draft).toBe('ask berta about it');
    expect(driver.type('!').draft).toBe('ask berta !about it');
  });

  test.each([
    ['/bell m', '/bell mentions'],
    ['/theme l', '/theme light'],
    ['/images ki', '/images kitty'],
  ])('completes the value of a command: %s', (typed, completed) => {
    expect(room().type(typed).keys('tab').draft).toBe(completed);
  });

  test('completes commands at the start, and names after them', () => {
    const driver = room().type('/hig').keys('tab');
    expect(driver.draft).toBe('/highlight ');
    expect(room().type('/ignore b').keys('tab').draft).toBe('/ignore berta ');
  });

  test('starts again after another key', () => {
    const driver = room().type('an').keys('tab', 'left', 'right', 'tab');
    expect(driver.draft).toBe('Anton: ');
  });

  test('changes nothing if no name matches, and never offers the own name', () => {
    expect(room().type('user').keys('tab').draft).toBe('user');
    expect(room().type('zzz').keys('tab').draft).toBe('zzz');
  });

  test('is reverted by undo', () => {
    expect(room().type('an').keys('tab', 'tab', 'ctrl+_').draft).toBe('an');
  });

  test('inserts a hostile name without its control characters', () => {
    const driver = new AppDriver().connect([message(1, 'evil\u001b]0;x\u0007\u202e')]);
    expect(driver.type('ev').keys('tab').draft).toBe('evil: ');
  });
});

describe('Tab in a chat with rooms', () => {
  const ops = roomNamed(7, 'ops', { memberCount: 3 });
  const rooms = [ops, roomNamed(8, 'operations'), roomNamed(9, 'older', { archived: true })];

  function inOps(): AppDriver {
    const driver = new AppDriver().connectWithRooms(...rooms, directRoom(10, 'anna', 'ben'));
    return driver.type('/join ops').keys('enter');
  }

  test.each([
    ['see #op', ['see #operations ', 'see #ops ']],
    ['/join op', ['/join #operations ', '/join #ops ']],
    ['/leave ol', ['/leave #older ']],
  ])('completes rooms: %s', (typed, completed) => {
    const driver = inOps().type(typed);
    expect(completed.map(() => driver.keys('tab').draft)).toEqual(completed);
  });

  test('completes recent speakers of the room, then members, who are loaded when @ is typed', () => {
    const driver = inOps().receiveIn(7, 20, 'carl').type('ask @c');
    expect(driver.asked('list-members')).toMatchObject([{ room: 7 }]);
    const members = ['cara', 'carl'].map((name) => ({ name, role: 0, online: false }));
    driver.send({ type: 'members-listed', room: 7, members, end: 'complete' });
    expect(driver.keys('tab').draft).toBe('ask @carl ');
    expect(driver.keys('tab').draft).toBe('ask @cara ');
    expect(driver.type('@').asked('list-members')).toHaveLength(1);
  });

  test('completes only participants in a direct room', () => {
    const driver = inOps().type('/query anna,ben').keys('enter');
    driver.sessionEvents({ type: 'online', names: ['bert', 'ben'] });
    expect(driver.type('b').keys('tab').draft).toBe('ben: ');
    expect(driver.keys('tab').draft).toBe('ben: ');
  });

  test('names that arrive late change nothing in the draft', () => {
    const driver = inOps().type('@c').keys('tab');
    const members = [{ name: 'cara', role: 0, online: false }];
    driver.send({ type: 'members-listed', room: 7, members, end: 'complete' });
    expect(driver.draft).toBe('@c');
  });
});
