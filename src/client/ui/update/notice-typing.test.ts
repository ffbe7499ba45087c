import { describe, expect, test } from '@jest/globals';
import { AppDriver, connectedToRooms, ops } from '../../../../test/support/app-driver.js';
import { typingText } from '../frame/status-text.js';

const notices = (driver: AppDriver) =>
  driver.asked('typing').map(({ room, stopped }) => `${room} ${stopped ? 'stopped' : 'begun'}`);

describe('the others in the room', () => {
  test('are notified when the user types, at most every three seconds', () => {
    const driver = connectedToRooms().keys('alt+2').type('h').type('e');
    driver.wait(2999).type('l');
    expect(notices(driver)).toEqual([`${ops} begun`]);
    driver.wait(1).keys('backspace');
    expect(notices(driver)).toEqual([`${ops} begun`, `${ops} begun`]);
  });

  test.each([
    ['clears the draft', (driver: AppDriver) => driver.keys('ctrl+u')],
    ['makes it a command', (driver: AppDriver) => driver.keys('home').type('/')],
    ['goes to another room', (driver: AppDriver) => driver.keys('alt+1')],
  ])('are notified when the user %s', (_, stop) => {
    const driver = connectedToRooms().keys('alt+2').type('h');
    stop(driver);
    expect(notices(driver)).toEqual([`${ops} begun`, `${ops} stopped`]);
    driver.keys('alt+1').type('x');
    expect(notices(driver)).toHaveLength(2);
  });

  test('need no notice of the end if the message is sent, or the one before is over', () => {
    expect(notices(connectedToRooms().type('hello').keys('enter'))).toEqual(['0 begun']);
    expect(notices(connectedToRooms().type('hello').wait(6000).keys('ctrl+u'))).toEqual(['0 begun']);
  });

  test.each([
    ['a command', connectedToRooms().type('/topic x').type('y')],
    ['a recalled text', connectedToRooms().type('x').keys('enter').wait(9000).keys('up')],
    ['a search', connectedToRooms().keys('ctrl+f').type('x')],
    ['an edit', connectedToRooms().receiveIn(0, 10, 'user1', 'typo').keys('alt+up').type('e').type('x')],
    ['a server without rooms', new AppDriver().connect().type('x')],
    ['/typing off', connectedToRooms().type('/typing off').keys('enter').type('x')],
  ])('get no notice for %s', (name, driver) => {
    expect(notices(driver)).toEqual(name === 'a recalled text' ? ['0 begun'] : []);
  });
});

describe('the line about others', () => {
  const typing = (driver: AppDriver, ...names: string[]) =>
    driver.sessionEvents({
      type: 'online',
      names: [],
      typing: names.map((name) => ({ room: ops, name, stopped: false })),
    });

  test.each([
    [['ben'], 'ben is typing…'],
    [['ben', 'carl'], 'ben and carl are typing…'],
    [['ben', 'carl', 'dora'], 'ben, carl and dora are typing…'],
    [['ben', 'carl', 'dora', 'emil', 'fay'], 'ben, carl and 3 others are typing…'],
    [['\u001b[2Jb\u202een', 'x'.repeat(100)], undefined],
  ])('names %j', (names, expected) => {
    const shown = typingText(typing(connectedToRooms().keys('alt+2'), ...names).state);
    if (expected !== undefined) expect(shown).toBe(expected);
    expect(shown).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(shown?.length).toBeLessThan(60);
  });

  test('is not shown in another room, for ignored users and after /typing off', () => {
    const driver = typing(connectedToRooms(), 'ben');
    expect(typingText(driver.state)).toBeUndefined();
    driver.keys('alt+2');
    expect(typingText(driver.state)).toBe('ben is typing…');
    driver.type('/typing off').keys('enter');
    expect(driver.notice).toBe('You do not see who types a message, and others do not see when you do.');
    expect(typingText(driver.state)).toBeUndefined();
    driver.type('/typing on').keys('enter').type('/ignore ben').keys('enter');
    expect(typingText(driver.state)).toBeUndefined();
  });
});
