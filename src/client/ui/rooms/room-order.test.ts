import { describe, expect, test } from '@jest/globals';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import {
  initialPreferences,
  mutedForever,
  type Preferences,
  withRoomSettings,
} from '../state/preferences.js';
import {
  createRoomOrder,
  neighbouringRoom,
  nextRoomWithNews,
  orderedRooms,
  roomSections,
  urgentCount,
} from './room-order.js';

const ops = 5;
const release = 6;
const random = 7;
const ben = 8;
const carl = 9;

function connected(): AppDriver {
  return new AppDriver().connectWithRooms(
    roomNamed(release, 'Release'),
    directRoom(carl, 'carl', 'dora'),
    roomNamed(ops, 'ops'),
    directRoom(ben, 'ben'),
    roomNamed(random, 'random'),
  );
}

/** Each room as `label level count`. */
function listed({ session }: AppDriver, preferences: Preferences = initialPreferences): string[] {
  return orderedRooms(session, preferences).map(({ label, level, count }) =>
    level === 'none' ? label : `${label} ${level} ${count}`,
  );
}

describe('the list of rooms', () => {
  test('has the rooms by name in any case, then the direct ones', () => {
    expect(listed(connected())).toEqual(['#lobby', '#ops', '#random', '#Release', '@ben', '@carl, @dora']);
  });

  test('has pinned rooms first, and hidden ones only while they have news or are the current one', () => {
    const pinned = withRoomSettings(initialPreferences, ben, { pinned: true });
    const preferences = withRoomSettings(pinned, random, { hidden: true });
    const driver = connected();
    expect(listed(driver, preferences)).toEqual(['@ben', '#lobby', '#ops', '#Release', '@carl, @dora']);
    const { session } = driver;
    expect(orderedRooms(session, preferences, 'all')).toHaveLength(6);
    expect(listed(driver.receiveIn(random, 10), preferences)).toContain('#random unread 1');
  });

  test('is sorted by activity if the user wants that', () => {
    const driver = connected().receiveIn(random, 10).receiveIn(ops, 11).receiveIn(carl, 12);
    const preferences: Preferences = { ...initialPreferences, 'room-order': 'activity' };
    const labels = orderedRooms(driver.session, preferences).map(({ label }) => label);
    expect(labels).toEqual(['#ops', '#random', '#lobby', '#Release', '@carl, @dora', '@ben']);
  });

  test('counts mentions and direct messages, else new messages', () => {
    const driver = connected().receiveIn(ops, 10, 'ben', 'user1?').receiveIn(ops, 11, 'ben');
    driver.receiveIn(ben, 12, 'ben').receiveIn(ben, 13, 'ben').receiveIn(random, 14);
    expect(listed(driver)).toEqual([
      '#lobby',
      '#ops mention 1',
      '#random unread 1',
      '#Release',
      '@ben mention 2',
      '@carl, @dora',
    ]);
    expect(urgentCount(driver.session, initialPreferences)).toBe(3);
  });

  test('a muted room has no level and is not counted', () => {
    const driver = connected().receiveIn(ops, 10, 'ben', 'user1?');
    const preferences = withRoomSettings(initialPreferences, ops, { mutedUntil: mutedForever });
    expect(orderedRooms(driver.session, preferences)).toContainEqual(
      expect.objectContaining({ label: '#ops', level: 'none', count: 1, isMuted: true }),
    );
    expect(urgentCount(driver.session, preferences)).toBe(0);
  });

  test('repeats rooms that mention the user at the top, without the current one', () => {
    const driver = connected().receiveIn(ops, 10, 'ben', 'user1?').receiveIn(ben, 12, 'ben');
    const sections = roomSections(orderedRooms(driver.session, initialPreferences), ops);
    expect(sections.map(({ heading, rooms }) => [heading, rooms.map(({ label }) => label)])).toEqual([
      ['mentions', ['@ben']],
      ['rooms', ['#lobby', '#ops', '#random', '#Release']],
      ['direct', ['@ben', '@carl, @dora']],
    ]);
  });

  test('is computed once for the same rooms', () => {
    const order = createRoomOrder();
    const driver = connected();
    const before = order(driver.session, initialPreferences);
    expect(order(driver.session, { ...initialPreferences, theme: 'dark' })).toBe(before);
    expect(order(driver.receiveIn(ops, 10).session, initialPreferences)).not.toBe(before);
  });
});

describe('the next room with news', () => {
  const rooms = () => {
    const driver = connected().receiveIn(random, 10).receiveIn(ben, 11, 'ben');
    driver.receiveIn(release, 12, 'ben', 'user1?');
    return orderedRooms(driver.session, initialPreferences);
  };

  test('is one with a mention, then one with a direct message, then any, each once', () => {
    const visited = new Set<number>();
    const tour: (number | undefined)[] = [];
    for (let count = 0; count < 4; count++) {
      const next = nextRoomWithNews(rooms(), visited);
      tour.push(next);
      visited.add(next ?? -1);
    }
    expect(tour).toEqual([release, ben, random, undefined]);
  });

  test('above or below is the closest one in the list, around its ends', () => {
    expect(neighbouringRoom(rooms(), release, -1, 'news')).toBe(random);
    expect(neighbouringRoom(rooms(), release, 1, 'news')).toBe(ben);
    expect(neighbouringRoom(rooms(), random, -1, 'news')).toBe(ben);
    expect(neighbouringRoom(orderedRooms(connected().session, initialPreferences), ops, 1, 'news')).toBe(
      undefined,
    );
  });
});

test('the previous and the next room are those in the list, around its ends', () => {
  const rooms = orderedRooms(connected().session, initialPreferences);
  expect(neighbouringRoom(rooms, 0, 1)).toBe(ops);
  expect(neighbouringRoom(rooms, 0, -1)).toBe(carl);
  expect(neighbouringRoom(rooms, carl, 1)).toBe(0);
  // A hidden room is not in the list.
  expect(neighbouringRoom(rooms, 99, 1)).toBe(0);
  expect(neighbouringRoom(rooms, 99, -1)).toBe(carl);
  expect(neighbouringRoom(rooms.slice(0, 1), 0, 1)).toBeUndefined();
});
