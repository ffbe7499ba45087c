import { describe, expect, test } from '@jest/globals';
import {
  AppDriver,
  ben,
  connectedToRooms,
  ops,
  random,
  roomNamed,
} from '../../../../test/support/app-driver.js';
import { withRoomSettings } from '../state/preferences.js';

describe('keys', () => {
  test('Ctrl+N and Ctrl+P go through the list, Alt and a digit to a room, Alt+S back', () => {
    const driver = connectedToRooms().keys('ctrl+n');
    expect(driver.state.room).toBe(ops);
    expect(driver.keys('ctrl+p', 'ctrl+p').state.room).toBe(ben);
    expect(driver.keys('alt+3').state.room).toBe(random);
    expect(driver.keys('alt+s').state.room).toBe(ben);
    expect(driver.keys('alt+s').state.room).toBe(random);
    expect(driver.keys('alt+9').notice).toBe('There is no room 9.');
    expect(driver.state.room).toBe(random);
  });

  test('Alt+A goes to mentions, direct messages and other news, then back to the start', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receiveIn(ben, 11, 'ben');
    driver.receiveIn(random, 12, 'ben', 'user1?');
    const tour = [1, 2, 3, 4].map(() => driver.keys('alt+a').state.room);
    expect(tour).toEqual([random, ben, ops, 0]);
  });

  test('Alt+A goes again to a room with news since the visit, and says if there is none', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receiveIn(random, 11).keys('alt+a');
    expect(driver.state.room).toBe(ops);
    driver.keys('alt+a').receiveIn(ops, 12);
    expect(driver.keys('alt+a').state.room).toBe(ops);
    expect(connectedToRooms().keys('alt+a').notice).toBe('Nothing new in other rooms.');
  });

  test('Alt+A passes muted rooms, and another key ends the walk', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receiveIn(random, 11);
    const { preferences } = driver.state;
    driver.state = {
      ...driver.state,
      preferences: withRoomSettings(preferences, ops, { mutedUntil: 1 }),
    };
    expect(driver.keys('alt+a').state.room).toBe(random);
    driver.keys('alt+4').wait(3000);
    expect(driver.keys('alt+a').state.room).toBe(random);
    expect(driver.keys('alt+a').state.room).toBe(ben);
  });

  test('Alt+Shift+Up and Alt+Shift+Down go to the closest room with news in the list', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receiveIn(ben, 11, 'ben');
    expect(driver.keys('alt+shift+up').state.room).toBe(ben);
    expect(driver.keys('alt+shift+down').state.room).toBe(ops);
  });

  test('with a single room Ctrl+P and Ctrl+N recall what was sent', () => {
    const driver = new AppDriver().connect().type('hello').keys('enter', 'ctrl+p');
    expect(driver.draft).toBe('hello');
  });
});

test('a search is closed and stopped by going to another room, also by being removed', () => {
  const driver = connectedToRooms().keys('alt+2', 'ctrl+f').type('x').keys('enter');
  driver.sessionEvents({ type: 'room-gone', room: ops });
  expect(driver.state.mode.type).toBe('conversation');
  expect(driver.asked('stop-search')).toHaveLength(1);
});

test('another log has no room, draft or setting of the one before', () => {
  const driver = connectedToRooms().keys('alt+2').type('secret');
  driver.state = {
    ...driver.state,
    preferences: withRoomSettings(driver.state.preferences, ops, { pinned: true }),
  };
  const roomList = { upTo: 0, rooms: [roomNamed(0, 'lobby'), roomNamed(ops, 'other')] };
  const limits = { maxTextBytes: 100, maxImageBytes: 100 };
  driver.sessionEvents({
    type: 'opened',
    opened: {
      type: 'opened',
      logId: 'other',
      head: 0,
      resumed: false,
      hasRooms: true,
      roomList,
      ...limits,
    },
  });
  expect(driver.state.room).toBe(0);
  expect([driver.draft, driver.keys('up').draft]).toEqual(['', '']);
  expect(driver.keys('alt+2').draft).toBe('');
  expect(driver.state.preferences.rooms.size).toBe(0);
});
