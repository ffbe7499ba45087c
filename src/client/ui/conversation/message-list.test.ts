import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { AppDriver, look, message } from '../../../../test/support/app-driver.js';
import { messageKind, type Message } from '../../../shared/message.js';
import { MessageList, RowCache } from './message-list.js';
import { widestName } from './user-names.js';
import { visibleRows } from './visible-rows.js';

const start = new Date(2026, 10, 22, 9, 14).getTime();
const minute = 60_000;

/** A message so many minutes after 9:14. */
function at(minutes: number, sequence: number, from = 'user2', text?: string): Message {
  return { ...message(sequence, from, text), timestamp: start + minutes * minute };
}

function listOf({ session, state }: AppDriver): MessageList {
  return new MessageList(session, new RowCache(look, () => undefined), state);
}

function shownRows(driver: AppDriver, height: number): string[] {
  const { viewport } = driver.state.reading;
  const selected = driver.state.mode.type === 'selection' ? driver.state.mode.key : undefined;
  const { rows } = visibleRows(listOf(driver), viewport, height, { selected, stateOf: () => undefined });
  return rows
    .map((row) => stripVTControlCharacters(row).trimEnd())
    .filter((row) => row !== '' && !row.includes('──'));
}

test('a reply shows the message above, and follows its changes without another number of rows', () => {
  const place = { room: 0, kind: messageKind.message };
  const driver = new AppDriver().connect([
    at(0, 1, 'ben', 'old'),
    { ...at(1, 2, 'carl', 'yes'), detail: { ...place, replyTo: 1 } },
  ]);
  const { source } = driver.view;
  const height = source.height(1);
  expect(shownRows(driver, 20).slice(1)).toEqual([' 09:15  carl   ┌ ben: old', '               yes']);
  const edit = { kind: messageKind.edit, room: 0, target: 1 };
  driver.sessionEvents({ type: 'received', messages: [{ ...at(2, 3, 'ben', 'new'), detail: edit }] });
  expect(shownRows(driver, 20)).toEqual([
    ' 09:14  ben    new (edited)',
    ' 09:15  carl   ┌ ben: new',
    '               yes',
  ]);
  expect(driver.view.source.height(1)).toBe(height);
});

describe('messages of one author', () => {
  test('within five minutes show the name once, and the time when it changes', () => {
    const driver = new AppDriver().connect([
      at(0, 1),
      at(0.5, 2),
      at(2, 3),
      at(7, 4),
      at(12.1, 5),
      at(12.2, 6, 'user3'),
      at(12.3, 7),
    ]);
    expect(shownRows(driver, 20)).toEqual([
      ' 09:14  user2  message 1',
      '               message 2',
      ' 09:16         message 3',
      ' 09:21         message 4',
      ' 09:26  user2  message 5',
      ' 09:26  user3  message 6',
      ' 09:26  user2  message 7',
    ]);
  });

  test('show the name again on the next day, below the unread line and after /me', () => {
    const midnight = 9 * 60 + 46 + 5 * 60;
    const driver = new AppDriver()
      .connect([at(midnight - 1, 1), at(midnight, 2, 'user2', '* user2 waves'), at(midnight, 3)])
      .input({ type: 'focus', focused: false })
      .sessionEvents({ type: 'received', messages: [at(midnight, 4)] });
    expect(shownRows(driver, 20)).toEqual([
      ' 23:59  user2  message 1',
      ' 00:00         * user2 waves',
      ' 00:00  user2  message 3',
      ' 00:00  user2  message 4',
    ]);
  });

  test('show the name on the first row of the view', () => {
    const driver = new AppDriver().connect(Array.from({ length: 30 }, (_, index) => at(0, index + 1)));
    expect(shownRows(driver, 3)).toEqual([
      ' 09:14  user2  message 28',
      '               message 29',
      '               message 30',
    ]);
  });
});

test('a selected message is marked in its first column, also where it mentions the user', () => {
  const driver = new AppDriver().connect([at(0, 1, 'user2', 'hello user1')]).keys('alt+up');
  expect(shownRows(driver, 5)).toEqual(['▌09:14  user2  hello user1']);
});

test('the rows of a message are made once for each way to show it', () => {
  const list = listOf(new AppDriver().connect([at(0, 1), at(0, 2)]));
  expect(list.rows(1)).toBe(list.rows(1));
  expect(list.rows(1, true)).toBe(list.rows(1, true));
  expect(list.rows(1, true)).not.toBe(list.rows(1));
});

describe('an empty list', () => {
  const text = (driver: AppDriver) => shownRows(driver, 5).join(' ').replace(/ +/g, ' ');

  test('says that no one has written yet, and how to begin', () => {
    expect(text(new AppDriver().connect())).toBe(
      ' No one has written here yet. Type a message and press Enter to send it. F1 lists the keys and commands.',
    );
  });

  test('says nothing before it is known whether there are messages', () => {
    expect(text(new AppDriver())).toBe('');
    expect(text(new AppDriver().sessionEvents({ type: 'reconnect' }))).toBe('');
  });

  test('says after /clear how to bring the messages back', () => {
    const driver = new AppDriver()
      .connect([at(0, 1)])
      .type('/clear')
      .keys('enter');
    expect(text(driver)).toBe(' cleared · PgUp brings the messages back');
  });
});

test('the column of names is as wide as the widest recent one and the own one, up to a limit', () => {
  const widest = (...names: string[]) =>
    widestName(new AppDriver().connect(names.map((name, index) => message(index + 1, name))).session);
  expect(widest('ben')).toBe('user1'.length);
  expect(widest('ben', '漢字漢字')).toBe(8);
  expect(widest('a-very-long-name-of-a-user')).toBe(16);
  expect(widest('long-name', ...Array<string>(200).fill('ben'))).toBe(5);
});
