import { describe, expect, test } from '@jest/globals';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import { notify } from '../../../shared/message.js';
import type { OwnState, RoomSettings } from '../../../shared/room-answers.js';
import { settingsOf as settingsOfRoom } from '../rooms/room-settings.js';
import { initialRoomSettings, mutedForever } from '../state/preferences.js';

const ops = 7;
const own: OwnState = { readUpTo: 0, unread: 0, mentions: 0, settings: initialRoomSettings };

function run(driver: AppDriver, command: string): AppDriver {
  return driver.type(command).keys('enter');
}

/** In #ops of a server that keeps settings, or of one that does not. */
function inOps(where: 'server' | 'here', settings: Partial<RoomSettings> = {}): AppDriver {
  const stored = { ...own, settings: { ...initialRoomSettings, ...settings } };
  const kept = where === 'server' ? { own: stored } : {};
  const rooms = [roomNamed(ops, 'ops', kept), roomNamed(8, 'board', kept), directRoom(9, 'anna')];
  return run(new AppDriver().connectWithRooms(...rooms), '/join #ops');
}

/** The file of an earlier version is loaded, with these settings. */
function load(driver: AppDriver, settings: Partial<RoomSettings>): AppDriver {
  const { chat } = driver.state;
  if (!chat) throw new Error('no chat');
  const rooms = new Map([[ops, { ...initialRoomSettings, ...settings }]]);
  const saved = { ignored: [], read: undefined, history: [], drafts: {}, rooms };
  return driver.send({ type: 'chat-loaded', id: chat.id, saved });
}

function settingsOf({ state, session }: AppDriver): RoomSettings {
  return settingsOfRoom(session, state.preferences, ops);
}

describe.each(['server', 'here'] as const)('settings of a room that are kept: %s', (where) => {
  test('/notify changes what notifies, and shows it', () => {
    const driver = run(inOps(where), '/notify mentions');
    expect(settingsOf(driver).notify).toBe(notify.mentions);
    expect(run(driver, '/notify').notice).toBe('#ops notifies you of mentions.');
    expect(run(driver, '/notify loud').notice).toBe('Usage: /notify default|all|mentions|off');
    expect(driver.draft).toBe('/notify loud');
  });

  test('/mute lasts until /mute off, or for a time', () => {
    const driver = run(inOps(where), '/mute');
    expect(settingsOf(driver).mutedUntil).toBe(mutedForever);
    expect(settingsOf(run(driver, '/mute off')).mutedUntil).toBe(0);
    expect(run(driver, '/mute 2h').asked('mute-room')).toEqual([
      { type: 'mute-room', room: ops, forMs: 7_200_000 },
    ]);
    const untilMs = driver.now + 5000;
    driver.send({ type: 'room-muted', room: ops, untilMs });
    driver.send({ type: 'mutes-ended', nowMs: untilMs - 1 });
    expect(settingsOf(driver).mutedUntil).toBe(untilMs);
    expect(settingsOf(driver.send({ type: 'mutes-ended', nowMs: untilMs })).mutedUntil).toBe(0);
  });

  test('/pin is undone by repeating it', () => {
    const driver = run(inOps(where), '/pin');
    expect(settingsOf(driver).pinned).toBe(true);
    expect(settingsOf(run(driver, '/pin'))).toEqual(initialRoomSettings);
  });

  test('/hide goes to the room before, and a message or the user shows the room again', () => {
    const driver = run(inOps(where), '/hide');
    expect(driver.state.room).toBe(0);
    expect(settingsOf(driver).hidden).toBe(true);
    expect(driver.notice).toBe('#ops is listed again with its next message, or once you open it.');
    expect(settingsOf(driver.receiveIn(ops, 20)).hidden).toBe(false);
    const again = run(run(inOps(where), '/hide'), '/join #ops');
    expect(settingsOf(again).hidden).toBe(false);
  });

  test('/read all marks every room as read', () => {
    const driver = run(inOps(where).receiveIn(8, 20).receiveIn(9, 21), '/read all');
    const marked = driver.asked('mark-read').map(({ room }) => room);
    expect(marked).toEqual(expect.arrayContaining([8, 9]));
    expect(run(driver, '/read ops').notice).toBe('Usage: /read [all]');
  });
});

test.each(['/mute 0h', '/mute soon', '/mute 5', '/mute 9999d'])('%s shows the usage', (command) => {
  const driver = run(inOps('here'), command);
  expect(driver.notice).toBe('Usage: /mute, /mute 30m, /mute 2h, /mute 1d or /mute off');
  expect(driver.draft).toBe(command);
});

describe('settings on the server', () => {
  test('replace those of the session when another one changes them, without a mute that is over', () => {
    const driver = inOps('server');
    const settings = { ...initialRoomSettings, room: ops, pinned: true, mutedUntil: driver.now - 1 };
    driver.sessionEvents({ type: 'online', names: [], settings: [settings] });
    expect(settingsOf(driver)).toEqual({ ...initialRoomSettings, pinned: true });
    expect(driver.state.preferences.rooms.size).toBe(0);
  });

  test('a mute that ended while the client was not running is over', () => {
    expect(settingsOf(inOps('server', { mutedUntil: 1 })).mutedUntil).toBe(0);
  });

  test('a change stays until the server has it, also if an answer to an earlier one arrives', () => {
    const driver = run(run(inOps('server'), '/pin'), '/notify off');
    const [first, last] = driver.asked('configure').map(({ settings }) => settings);
    if (!first || !last) throw new Error('nothing was configured');
    driver.sessionEvents({ type: 'online', names: [], settings: [{ ...first, room: ops }] });
    driver.sessionEvents({ type: 'configured', room: ops, settings: first, isRejected: false });
    expect(settingsOf(driver)).toMatchObject({ pinned: true, notify: notify.off });
    driver.sessionEvents({ type: 'configured', room: ops, settings: last, isRejected: false });
    expect(settingsOf(driver)).toMatchObject({ pinned: true, notify: notify.off });
    expect(driver.known.rooms.get(ops)?.chosen).toBeUndefined();
  });

  test('a change that the server rejects is undone', () => {
    const driver = run(inOps('server'), '/pin');
    const [effect] = driver.asked('configure');
    if (!effect) throw new Error('nothing was configured');
    driver.sessionEvents({ ...effect, type: 'configured', isRejected: true });
    expect(settingsOf(driver)).toEqual(initialRoomSettings);
  });

  test('are taken from the file of an earlier version once, which keeps them until the server has them', () => {
    const driver = load(inOps('server'), { pinned: true });
    const [effect, ...others] = driver.asked('configure');
    expect(others).toEqual([]);
    expect(effect?.settings).toEqual({ ...initialRoomSettings, pinned: true });
    expect(settingsOf(driver).pinned).toBe(true);
    expect(driver.state.preferences.rooms.size).toBe(1);
    if (effect) driver.sessionEvents({ ...effect, type: 'configured', isRejected: false });
    expect(driver.state.preferences.rooms.size).toBe(0);
    expect(settingsOf(driver).pinned).toBe(true);
  });

  test('that exist are newer than those of an earlier version', () => {
    const driver = load(inOps('server', { notify: notify.off }), { pinned: true });
    expect(driver.asked('configure')).toEqual([]);
    expect(settingsOf(driver.receive(30))).toEqual({ ...initialRoomSettings, notify: notify.off });
    expect(driver.state.preferences.rooms.size).toBe(0);
  });
});

describe('u on a selected message', () => {
  const select = (driver: AppDriver) => driver.keys('alt+up').type('u');

  test.each(['server', 'here'] as const)(
    'marks the room as unread until the user comes back: %s',
    (where) => {
      const driver = load(inOps(where), {}).receiveIn(ops, 20).receiveIn(ops, 21).wait(3000);
      select(driver);
      expect(driver.state.mode.type).toBe('conversation');
      expect(driver.notice).toBe('Marked as unread from here. Alt+L marks as read.');
      driver.wait(10_000).keys('left');
      expect(driver.state.reading).toMatchObject({ unreadKey: 'log/21', unreadCount: 1 });
      driver.keys('alt+1');
      expect(driver.known.rooms.get(ops)?.news.messages).toBe(1);
      expect(settingsOf(driver).markedUnread).toBe(where === 'server');
      driver.keys('alt+s');
      expect(driver.state.reading).toMatchObject({ unreadKey: 'log/21', unreadCount: 1 });
      driver.wait(3000);
      expect(driver.known.rooms.get(ops)?.news.messages).toBe(0);
      expect(settingsOf(driver).markedUnread).toBe(false);
    },
  );

  test('in another session lists the room as unread until it is opened, but not the room in view', () => {
    const driver = inOps('server');
    const markedUnread = { ...initialRoomSettings, markedUnread: true };
    driver.sessionEvents({
      type: 'online',
      names: [],
      settings: [ops, 8].map((room) => ({ ...markedUnread, room })),
    });
    driver.wait(10_000);
    expect(settingsOf(driver).markedUnread).toBe(true);
    expect(driver.keys('alt+a').state.room).toBe(8);
    expect(driver.asked('mark-read')).toEqual([]);
  });

  test('says why nothing can be unread', () => {
    const driver = inOps('server').receiveIn(ops, 20, 'user1');
    select(driver);
    expect(driver.notice).toBe('There is no message of others from here on.');
  });
});
