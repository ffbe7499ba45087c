import { expect, test } from '@jest/globals';
import { AppDriver, connectedToRooms, message, ops } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { messageKind } from '../../../shared/message.js';
import { dialogView } from '../dialogs/text-dialog.js';

const body = { top: 1, height: 10 };

function rowsOf({ state }: AppDriver): string[] {
  if (state.mode.type !== 'search') throw new Error('no list');
  return dialogView(state.mode, state, 80, body).rows.map(({ text }) => text);
}

const mention = (sequence: number, room: number, text: string) => ({
  ...message(sequence, 'ben', text),
  detail: { room, kind: messageKind.message, mentions: ['user1'] },
});

/** The list, with a mention in #ops, one in the lobby and one in a room that was left. */
function listed(): AppDriver {
  const driver = connectedToRooms().type('/mentions').keys('enter');
  expect(driver.asked('list-mentions')).toHaveLength(1);
  const messages = [
    mention(30, ops, '@user1: red'),
    message(20, 'carl', 'user1?'),
    mention(10, 99, '@user1'),
  ];
  driver.send({ type: 'search-found', text: '', messages });
  return driver.send({ type: 'search-ended', text: '', reason: undefined });
}

test('/mentions lists the messages of all rooms, and ignores what is typed', () => {
  const driver = listed().type('x');
  const rows = rowsOf(driver);
  expect(rows.slice(0, 2)).toEqual([
    'mentions of you in all rooms',
    '3 found · Up, Down choose · Enter go to the message',
  ]);
  expect(rows.slice(2).map((row) => row.replace(/^\S+ \S+ {2}/, ''))).toEqual([
    expect.stringMatching(/#ops {2}ben {2}@user1: red$/),
    expect.stringMatching(/#lobby {2}carl {2}user1\?$/),
    expect.stringMatching(/room 99 {2}ben {2}@user1$/),
  ]);
});

test('Enter goes to the message in its room, and F3 to older ones', () => {
  const driver = listed().keys('enter');
  expect(driver.state.room).toBe(ops);
  expect(driver.asked('load-place')).toEqual([]);
  driver.sessionEvents({
    type: 'previous-page',
    room: ops,
    before: 0,
    messages: [mention(90, ops, 'later')],
  });
  expect(driver.asked('load-place')).toEqual([{ type: 'load-place', after: 0 }]);
  expect(driver.state.reading.pendingJump).toMatchObject({ sequence: 30 });
  driver.keys('f3');
  expect(driver.state.room).toBe(0);
  driver.keys('f3');
  expect([driver.state.room, driver.notice]).toEqual([0, 'You are not in room 99: it cannot be opened.']);
});

test('a message that is loaded is shown at once', () => {
  const driver = connectedToRooms().receiveIn(ops, 30, 'ben', '@user1: red').type('/mentions').keys('enter');
  driver.send({ type: 'search-found', text: '', messages: [mention(30, ops, '@user1: red')] });
  driver.keys('enter');
  expect(driver.state.reading).toMatchObject({ pendingJump: undefined, highlightedKey: 'log/30' });
  expect(driver.asked('load-place')).toEqual([]);
});

test('Ctrl+F searches for texts afterwards', () => {
  expect(listed().keys('escape', 'ctrl+f').state.mode).toMatchObject({ type: 'search', what: 'texts' });
});

test('a failure, no mention and a server without mentions are explained', () => {
  const open = () => connectedToRooms().type('/mentions').keys('enter');
  const reason = new ChatError('unreachable', 'the connection was lost');
  const failed = open().send({ type: 'search-ended', text: '', reason });
  expect(rowsOf(failed)[1]).toBe('could not list the mentions: the connection was lost');
  const empty = open().send({ type: 'search-ended', text: '', reason: undefined });
  expect(rowsOf(empty)[1]).toBe('no one has mentioned you · Esc close');
  const alone = new AppDriver().connect().type('/mentions').keys('enter');
  expect(alone.notice).toMatch(/^This server lists no mentions/);
  expect(alone.draft).toBe('/mentions');
});
