import { describe, expect, test } from '@jest/globals';
import {
  ben,
  connectedToRooms,
  message,
  ops,
  random,
  roomNamed,
} from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType, messageKind, notify, roomChange, type Message } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { windowTitle } from '../attention/attention.js';
import { withRoomSettings } from '../state/preferences.js';

const away = { type: 'focus', focused: false } as const;

describe('attention', () => {
  test('a mention in another room and a direct message notify also in the window with the focus', () => {
    const driver = connectedToRooms()
      .receiveIn(ops, 10, 'ben', 'user1?')
      .wait(3000)
      .receiveIn(ben, 11, 'ben', 'hi');
    driver.wait(3000).receiveIn(random, 12);
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(['#ops · ben: user1?', 'ben: hi']);
  });

  test('the room in view is silent with the focus', () => {
    const driver = connectedToRooms().keys('alt+2').receiveIn(ops, 10, 'ben', 'user1?');
    expect(driver.asked('notify')).toEqual([]);
    driver.input(away).receiveIn(ops, 11, 'ben', 'user1!');
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(['#ops · ben: user1!']);
  });

  test.each([
    [{ notify: notify.all }, ['#ops · user2: lunch', '#ops · user2: user1?']],
    [{ notify: notify.off }, []],
    [{ mutedUntil: 1 }, []],
    [{ notify: notify.mentions }, ['#ops · user2: user1?']],
  ] as const)('a room with %j notifies of what was chosen', (settings, expected) => {
    const driver = connectedToRooms();
    driver.state = {
      ...driver.state,
      preferences: withRoomSettings(driver.state.preferences, ops, settings),
    };
    driver.receiveIn(ops, 10, 'user2', 'lunch').wait(3000).receiveIn(ops, 11, 'user2', 'user1?');
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(expected);
  });

  test('the window title has the room, and the number of mentions and direct messages', () => {
    const driver = connectedToRooms();
    expect(windowTitle(driver.state)).toBe('#lobby · chat');
    driver.receiveIn(ops, 10, 'ben', 'user1?').receiveIn(ben, 11, 'ben').receiveIn(random, 12);
    expect(windowTitle(driver.state)).toBe('(2) #lobby · chat');
    driver.keys('alt+2').wait(3000);
    expect(windowTitle(driver.state)).toBe('(1) #ops · chat');
  });
});

describe('a notice', () => {
  test('says that a room was renamed', () => {
    const driver = connectedToRooms().sessionEvents({
      type: 'room-known',
      room: roomNamed(ops, 'operations'),
    });
    expect(driver.notice).toBe('#ops is now #operations.');
    const changed = { what: roomChange.renamed, name: 'plans', topic: '', type: 0, past: 0, members: [] };
    driver.sessionEvents({ type: 'received', messages: [change(11, random, { roomChange: changed })] });
    expect(driver.notice).toBe('#random is now #plans.');
  });

  test('says that the user is in another room now', () => {
    const driver = connectedToRooms().sessionEvents({ type: 'room-known', room: roomNamed(9, 'release') });
    expect(driver.notice).toBe('You are in #release now.');
  });

  test('says that a message to another room failed', () => {
    const draft = { id: 'own', timestamp: 1, type: contentType.text, content: encodeText('hi') };
    const driver = connectedToRooms().sessionEvents({ type: 'submit', draft: { ...draft, room: ops } });
    const reason = new ChatError('not-permitted', 'you are muted');
    driver.sessionEvents({ type: 'send-failed', id: 'own', reason });
    expect(driver.state.notice).toEqual({
      tone: 'error',
      text: 'Not sent to #ops: you are muted. /resend sends it again.',
    });
    driver.keys('left').receive(10);
    expect(driver.notice).toBeUndefined();
  });
});

function change(sequence: number, room: number, detail: Partial<NonNullable<Message['detail']>>): Message {
  const kind = detail.roomChange ? messageKind.room : messageKind.member;
  return { ...message(sequence), detail: { room, kind, ...detail } };
}
