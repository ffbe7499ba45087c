import { describe, expect, test } from '@jest/globals';
import { AppDriver, directRoom, message, roomNamed } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType, memberChange, messageKind, roomChange, type Message } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { windowTitle } from '../attention/attention.js';
import { withRoomSettings } from '../state/preferences.js';

const ops = 5;
const random = 6;
const ben = 7;

/** In the lobby, `#ops`, `#random` and with ben. */
function connected(): AppDriver {
  const rooms = [roomNamed(ops, 'ops'), roomNamed(random, 'random'), directRoom(ben, 'ben')];
  return new AppDriver().connectWithRooms(...rooms);
}

const away = { type: 'focus', focused: false } as const;
const back = { type: 'focus', focused: true } as const;

describe('keys', () => {
  test('Ctrl+N and Ctrl+P go through the list, Alt and a digit to a room, Alt+S back', () => {
    const driver = connected().keys('ctrl+n');
    expect(driver.state.room).toBe(ops);
    expect(driver.keys('ctrl+p', 'ctrl+p').state.room).toBe(ben);
    expect(driver.keys('alt+3').state.room).toBe(random);
    expect(driver.keys('alt+s').state.room).toBe(ben);
    expect(driver.keys('alt+s').state.room).toBe(random);
    expect(driver.keys('alt+9').notice).toBe('There is no room 9.');
    expect(driver.state.room).toBe(random);
  });

  test('Alt+A goes to mentions, direct messages and other news, then back to the start', () => {
    const driver = connected().receiveIn(ops, 10).receiveIn(ben, 11, 'ben');
    driver.receiveIn(random, 12, 'ben', 'user1?');
    const tour = [1, 2, 3, 4].map(() => driver.keys('alt+a').state.room);
    expect(tour).toEqual([random, ben, ops, 0]);
  });

  test('Alt+A goes again to a room with news since the visit, and says if there is none', () => {
    const driver = connected().receiveIn(ops, 10).receiveIn(random, 11).keys('alt+a');
    expect(driver.state.room).toBe(ops);
    driver.keys('alt+a').receiveIn(ops, 12);
    expect(driver.keys('alt+a').state.room).toBe(ops);
    expect(connected().keys('alt+a').notice).toBe('Nothing new in other rooms.');
  });

  test('Alt+A passes muted rooms, and another key ends the walk', () => {
    const driver = connected().receiveIn(ops, 10).receiveIn(random, 11);
    const { preferences } = driver.state;
    driver.state = {
      ...driver.state,
      preferences: withRoomSettings(preferences, ops, { mutedUntilMs: 1 }),
    };
    expect(driver.keys('alt+a').state.room).toBe(random);
    driver.keys('alt+4').wait(3000);
    expect(driver.keys('alt+a').state.room).toBe(random);
    expect(driver.keys('alt+a').state.room).toBe(ben);
  });

  test('Alt+Shift+Up and Alt+Shift+Down go to the closest room with news in the list', () => {
    const driver = connected().receiveIn(ops, 10).receiveIn(ben, 11, 'ben');
    expect(driver.keys('alt+shift+up').state.room).toBe(ben);
    expect(driver.keys('alt+shift+down').state.room).toBe(ops);
  });

  test('with a single room Ctrl+P and Ctrl+N recall what was sent', () => {
    const driver = new AppDriver().connect().type('hello').keys('enter', 'ctrl+p');
    expect(driver.draft).toBe('hello');
  });
});

describe('a draft', () => {
  test('belongs to its room, also while a sent text is recalled', () => {
    const driver = connected().type('sent').keys('enter').type('for the lobby').keys('ctrl+n');
    expect(driver.draft).toBe('');
    driver.type('for ops').keys('up');
    expect(driver.draft).toBe('sent');
    driver.keys('alt+1');
    expect(driver.draft).toBe('for the lobby');
    driver.keys('down');
    expect(driver.draft).toBe('for the lobby');
    driver.keys('alt+2');
    expect(driver.keys('down').draft).toBe('for ops');
  });

  test('is sent to the room where it was written', () => {
    const driver = connected().keys('ctrl+n').type('hello').keys('enter');
    expect(driver.asked('submit')).toMatchObject([{ room: ops }]);
    expect(driver.keys('alt+1', 'up').draft).toBe('hello');
  });

  test('of a room that the user is removed from is recalled by Up', () => {
    const driver = connected().keys('alt+2').type('half a thought');
    driver.sessionEvents({ type: 'room-gone', room: ops });
    expect(driver.state.room).toBe(0);
    expect(driver.notice).toBe('You are no longer in #ops. Up brings back what you wrote there.');
    expect(driver.draft).toBe('');
    expect(driver.keys('up').draft).toBe('half a thought');
    expect(driver.keys('alt+s').notice).toBe('There is no other room to go to.');
  });

  test('of another room that the user is removed from is recalled, and the current one stays', () => {
    const driver = connected().keys('alt+2').type('half a thought').keys('alt+3').type('here');
    driver.sessionEvents({ type: 'room-gone', room: ops });
    expect(driver.state.room).toBe(random);
    expect(driver.draft).toBe('here');
    expect(driver.keys('up').draft).toBe('half a thought');
  });
});

describe('stored drafts', () => {
  const saved = { ignored: [], read: undefined, history: [], rooms: {} };
  const load = (driver: AppDriver, drafts: Readonly<Record<string, string>>) => {
    const { chat } = driver.state;
    if (!chat) throw new Error('no chat');
    return driver.send({ type: 'chat-loaded', id: chat.id, saved: { ...saved, drafts } });
  };

  test('are in their rooms again', () => {
    const driver = load(connected(), { 0: 'for the lobby', [ops]: 'for ops' });
    expect(driver.draft).toBe('for the lobby');
    expect(driver.keys('alt+2').draft).toBe('for ops');
  });

  test('are recalled by Up if the room is gone or something else was written by now', () => {
    const driver = load(connected().type('new'), { 0: 'stored', 99: 'from a room that is gone' });
    expect(driver.draft).toBe('new');
    expect([driver.keys('up').draft, driver.keys('up').draft].sort()).toEqual([
      'from a room that is gone',
      'stored',
    ]);
  });
});

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
    const driver = connected().receiveIn(ops, 10).receiveIn(ops, 11, 'user2', 'more').keys('alt+2');
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/10', unreadCount: 2 });
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(2);
    driver.wait(3000);
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('a room that was left too soon shows the unread line again, with what came since', () => {
    const driver = connected().receiveIn(ops, 10).keys('alt+2', 'alt+1').receiveIn(ops, 11).keys('alt+2');
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/10', unreadCount: 2 });
  });

  test('a room without an unread line stays without one, whatever is loaded of it', () => {
    const driver = connected()
      .keys('alt+2')
      .sessionEvents(page(ops, 3, 2));
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.keys('alt+1', 'alt+2').state.reading.unreadKey).toBeUndefined();
  });

  test('a room loads older pages to reach the first of many unread messages', () => {
    const driver = connected();
    for (let sequence = 100; sequence < 160; sequence++) driver.receiveIn(ops, sequence);
    driver.keys('alt+2');
    expect(driver.asked('load-previous-page')).toHaveLength(1);
    driver.sessionEvents({ type: 'load-previous-page' });
    const older = Array.from({ length: 20 }, (_, index) => 109 - index);
    driver.sessionEvents({ ...page(ops, ...older), before: 110 });
    expect(driver.state.reading).toMatchObject({ unreadKey: 'log/100', unreadCount: 60 });
  });

  test('what arrives in the room in view is read, and not while the window has no focus', () => {
    const driver = connected().keys('alt+2').receiveIn(ops, 10);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
    driver.input(away).receiveIn(ops, 11);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(1);
    driver.input(back).wait(3000);
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('Alt+L marks a room as read at once', () => {
    const driver = connected().receiveIn(ops, 10).keys('alt+2', 'alt+l');
    expect(driver.state.reading.unreadKey).toBeUndefined();
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('sending marks a room as read', () => {
    const driver = connected().receiveIn(ops, 10).keys('alt+2').type('hello').keys('enter');
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
  });

  test('changes of rooms and members, and ignored users, are no news', () => {
    const driver = connected().type('/ignore noisy').keys('enter').receiveIn(ops, 10, 'noisy');
    driver.input(away).sessionEvents({
      type: 'received',
      messages: [change(11, ops, { memberChange: member(memberChange.joined, 'user9') })],
    });
    expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
    expect(driver.asked('notify')).toEqual([]);
    expect(driver.state.reading.unreadKey).toBeUndefined();
  });

  test('/clear hides the messages of its room only', () => {
    const driver = connected().receiveIn(ops, 10).receive(11).type('/clear').keys('enter');
    expect(driver.shownTexts()).toEqual([]);
    expect(driver.keys('alt+2').shownTexts()).toEqual(['message 10']);
    expect(driver.keys('alt+1').shownTexts()).toEqual([]);
  });

  test('a hidden room is listed again after a message', () => {
    const driver = connected();
    const { preferences } = driver.state;
    driver.state = { ...driver.state, preferences: withRoomSettings(preferences, ops, { hidden: true }) };
    expect(driver.keys('ctrl+n').state.room).toBe(random);
    driver.receiveIn(ops, 10);
    expect(driver.state.preferences.rooms.size).toBe(0);
  });
});

describe('attention', () => {
  test('a mention in another room and a direct message notify also in the window with the focus', () => {
    const driver = connected().receiveIn(ops, 10, 'ben', 'user1?').wait(3000).receiveIn(ben, 11, 'ben', 'hi');
    driver.wait(3000).receiveIn(random, 12);
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(['#ops · ben: user1?', 'ben: hi']);
  });

  test('the room in view is silent with the focus', () => {
    const driver = connected().keys('alt+2').receiveIn(ops, 10, 'ben', 'user1?');
    expect(driver.asked('notify')).toEqual([]);
    driver.input(away).receiveIn(ops, 11, 'ben', 'user1!');
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(['#ops · ben: user1!']);
  });

  test.each([
    [{ notify: 'all' }, ['#ops · user2: lunch', '#ops · user2: user1?']],
    [{ notify: 'off' }, []],
    [{ mutedUntilMs: 1 }, []],
    [{ notify: 'mentions' }, ['#ops · user2: user1?']],
  ] as const)('a room with %j notifies of what was chosen', (settings, expected) => {
    const driver = connected();
    driver.state = {
      ...driver.state,
      preferences: withRoomSettings(driver.state.preferences, ops, settings),
    };
    driver.receiveIn(ops, 10, 'user2', 'lunch').wait(3000).receiveIn(ops, 11, 'user2', 'user1?');
    expect(driver.asked('notify').map(({ text }) => text)).toEqual(expected);
  });

  test('the window title has the room, and the number of mentions and direct messages', () => {
    const driver = connected();
    expect(windowTitle(driver.state)).toBe('#lobby · chat');
    driver.receiveIn(ops, 10, 'ben', 'user1?').receiveIn(ben, 11, 'ben').receiveIn(random, 12);
    expect(windowTitle(driver.state)).toBe('(2) #lobby · chat');
    driver.keys('alt+2').wait(3000);
    expect(windowTitle(driver.state)).toBe('(1) #ops · chat');
  });
});

describe('a notice', () => {
  test('says that a room was renamed', () => {
    const driver = connected().sessionEvents({ type: 'room-known', room: roomNamed(ops, 'operations') });
    expect(driver.notice).toBe('#ops is now #operations.');
    const changed = { what: roomChange.renamed, name: 'plans', topic: '', type: 0, past: 0, members: [] };
    driver.sessionEvents({ type: 'received', messages: [change(11, random, { roomChange: changed })] });
    expect(driver.notice).toBe('#random is now #plans.');
  });

  test('says that the user is in another room now', () => {
    const driver = connected().sessionEvents({ type: 'room-known', room: roomNamed(9, 'release') });
    expect(driver.notice).toBe('You are in #release now.');
  });

  test('says that a message to another room failed', () => {
    const draft = { id: 'own', timestamp: 1, type: contentType.text, content: encodeText('hi') };
    const driver = connected().sessionEvents({ type: 'submit', draft: { ...draft, room: ops } });
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

test('a search is closed and stopped by going to another room, also by being removed', () => {
  const driver = connected().keys('alt+2', 'ctrl+f').type('x').keys('enter');
  driver.sessionEvents({ type: 'room-gone', room: ops });
  expect(driver.state.mode.type).toBe('conversation');
  expect(driver.asked('stop-search')).toHaveLength(1);
});

test('another log has no room, draft or setting of the one before', () => {
  const driver = connected().keys('alt+2').type('secret');
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

function change(sequence: number, room: number, detail: Partial<NonNullable<Message['detail']>>): Message {
  const kind = detail.roomChange ? messageKind.room : messageKind.member;
  return { ...message(sequence), detail: { room, kind, ...detail } };
}

function member(what: number, name: string) {
  return { what, name, account: name, until: 0, role: 0 };
}
