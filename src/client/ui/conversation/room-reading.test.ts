import { describe, expect, test } from '@jest/globals';
import {
  type AppDriver,
  connectedToRooms,
  message,
  ops,
  random,
} from '../../../../test/support/app-driver.js';
import { memberChange, messageKind, type Message } from '../../../shared/message.js';
import { withRoomSettings } from '../state/preferences.js';

const away = { type: 'focus', focused: false } as const;
const back = { type: 'focus', focused: true } as const;

describe('reading', () => {
  /** A page of the room, newest first. */
  const page = (room: number, ...sequences: readonly number[]) =>
    ({
      type: 'previous-page',
      room,
      before: 0,
      messages: sequences.map((sequence) => ({
        ...message(sequence),
        detail: { room, kind: messageKind.message },
      })),
    }) as const;

  test('a room that is opened with news shows the unread line, until it was read', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receiveIn(ops, 11, 'user2', 'more').keys('alt+2');
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/10', unreadCount: 2 });
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(2);
    driver.wait(3000);
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('the number of unread messages is a notice only if the first of them is not in view', () => {
    const open = (driver: AppDriver) => driver.keys('alt+2').send({ type: 'unread-found' }).notice;
    expect(open(connectedToRooms().receiveIn(ops, 10))).toBeUndefined();
    const busy = connectedToRooms();
    for (let sequence = 10; sequence < 40; sequence++) busy.receiveIn(ops, sequence);
    expect(open(busy)).toBe('30 unread messages. Alt+U goes to the first, Ctrl+End to the newest.');
  });

  test('a room that was left too soon shows the unread line again, with what came since', () => {
    const driver = connectedToRooms()
      .receiveIn(ops, 10)
      .keys('alt+2', 'alt+1')
      .receiveIn(ops, 11)
      .keys('alt+2');
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/10', unreadCount: 2 });
  });

  test('a room without an unread line stays without one, whatever is loaded of it', () => {
    const driver = connectedToRooms()
      .keys('alt+2')
      .sessionEvents(page(ops, 3, 2));
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.keys('alt+1', 'alt+2').state.reading.unreadKey).toBeUndefined();
  });

  test('a room loads older pages to reach the first of many unread messages', () => {
    const driver = connectedToRooms();
    for (let sequence = 100; sequence < 160; sequence++) driver.receiveIn(ops, sequence);
    driver.keys('alt+2');
    expect(driver.asked('load-previous-page')).toHaveLength(1);
    driver.sessionEvents({ type: 'load-previous-page' });
    const older = Array.from({ length: 20 }, (_, index) => 109 - index);
    driver.sessionEvents({ ...page(ops, ...older), before: 110 });
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/100', unreadCount: 60 });
  });

  test('what arrives in the room in view is read, and not while the window has no focus', () => {
    const driver = connectedToRooms().keys('alt+2').receiveIn(ops, 10);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
    driver.input(away).receiveIn(ops, 11);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(1);
    driver.input(back).wait(3000);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('Alt+L marks a room as read at once', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).keys('alt+2', 'alt+l');
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('sending marks a room as read', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).keys('alt+2').type('hello').keys('enter');
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('changes of rooms and members, and ignored users, are no news', () => {
    const driver = connectedToRooms().type('/ignore noisy').keys('enter').receiveIn(ops, 10, 'noisy');
    driver.input(away).sessionEvents({
      type: 'received',
      messages: [change(11, ops, { memberChange: member(memberChange.joined, 'user9') })],
    });
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
    expect(driver.asked('notify')).toEqual([]);
    expect(driver.state.reading.unreadKey).toBeUndefined();
  });

  test('/clear hides the messages of its room only', () => {
    const driver = connectedToRooms().receiveIn(ops, 10).receive(11).type('/clear').keys('enter');
    expect(driver.shownTexts()).toEqual([]);
    expect(driver.keys('alt+2').shownTexts()).toEqual(['message 10']);
    expect(driver.keys('alt+1').shownTexts()).toEqual([]);
  });

  test('a hidden room is listed again after a message', () => {
    const driver = connectedToRooms();
    const { preferences } = driver.state;
    driver.state = { ...driver.state, preferences: withRoomSettings(preferences, ops, { hidden: true }) };
    expect(driver.keys('ctrl+n').state.room).toBe(random);
    driver.receiveIn(ops, 10);
    expect(driver.state.preferences.rooms.size).toBe(0);
  });
});

function change(sequence: number, room: number, detail: Partial<NonNullable<Message['detail']>>): Message {
  const kind = detail.roomChange ? messageKind.room : messageKind.member;
  return { ...message(sequence), detail: { room, kind, ...detail } };
}

function member(what: number, name: string) {
  return { what, name, account: name, until: 0, role: 0 };
}
