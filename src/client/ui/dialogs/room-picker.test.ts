import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import { anyText } from '../../../../test/support/any-text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { dialogOf } from '../state/mode.js';
import { dialogView, type DialogRow } from './text-dialog.js';

const ops = 5;
const release = 6;
const random = 7;
const ben = 8;

function connected(): AppDriver {
  return new AppDriver().connectWithRooms(
    roomNamed(release, 'release'),
    roomNamed(ops, 'ops', { topic: 'deploys and pages' }),
    roomNamed(random, 'random'),
    directRoom(ben, 'ben'),
  );
}

function rowsOf({ state }: AppDriver, columns = 60, height = 12): readonly DialogRow[] {
  const dialog = dialogOf(state.mode);
  return dialog ? dialogView(dialog, state, columns, { top: 1, height }).rows : [];
}

function chosen(driver: AppDriver): string {
  return (
    rowsOf(driver)
      .find(({ look }) => look === 'chosen')
      ?.text.trim() ?? ''
  );
}

describe('the switcher', () => {
  test('has the most urgent room first, and Enter goes there', () => {
    const driver = connected().receiveIn(random, 10).receiveIn(ben, 11, 'ben').keys('ctrl+g');
    expect(rowsOf(driver).map(({ text }) => text.trim().split(/ +/)[0])).toEqual([
      'go',
      '@ben',
      '#random',
      '#ops',
      '#release',
      '▸',
    ]);
    expect(driver.keys('enter').state).toMatchObject({ room: ben, mode: { type: 'conversation' } });
  });

  test('without news has the room before this one first', () => {
    const driver = connected().keys('ctrl+g').type('random').keys('enter', 'ctrl+g');
    expect(chosen(driver)).toBe('#lobby');
  });

  test('finds rooms by parts of their names, in any case, with or without the sign', () => {
    for (const query of ['rls', 'REL', '#rel', 'lease']) {
      expect(chosen(connected().keys('ctrl+g').type(query))).toMatch(/^#release/);
    }
    expect(chosen(connected().keys('ctrl+g').type('@b'))).toMatch(/^@ben/);
    const nothing = connected().keys('ctrl+g').type('zzz');
    expect(rowsOf(nothing)[1]?.text).toBe('No room of that name. Esc closes the list.');
    expect(nothing.keys('enter').state.room).toBe(0);
  });

  test('Esc leaves everything as it was', () => {
    const driver = connected().type('a draft');
    const before = driver.state;
    driver.keys('ctrl+g').type('rel').keys('down', 'escape');
    expect({ ...driver.state, attention: before.attention }).toEqual(before);
  });

  test('moving the selection opens nothing, and stays in the list', () => {
    const driver = connected().keys('ctrl+g', 'up', 'down', 'down', 'pagedown', 'pagedown');
    expect(chosen(driver)).toBe('▸ #lobby');
    expect(driver.state.room).toBe(0);
    expect(driver.asked('view-room')).toEqual([]);
  });

  test('Ctrl+K opens it on an empty draft, and cuts in another one', () => {
    expect(connected().keys('ctrl+k').state.mode.type).toBe('rooms');
    const writing = connected().type('one two').keys('home', 'ctrl+k');
    expect(writing.state.mode.type).toBe('conversation');
    expect(writing.draft).toBe('');
  });

  test('with one room there is a notice, and the chosen row stays when news arrives', () => {
    expect(new AppDriver().connect().keys('ctrl+g').notice).toBe('This server has no other rooms.');
    expect(new AppDriver().keys('f2').notice).toBe('The rooms are not known until the server answers.');
    const driver = connected().keys('ctrl+g', 'down').receiveIn(release, 10);
    expect(rowsOf(driver)[1]?.text).toMatch(/#release/);
    expect(chosen(driver)).toMatch(/^#random/);
  });
});

describe('F2', () => {
  test('from 100 columns shows or hides the room list and remembers that', () => {
    const driver = connected();
    driver.columns = 100;
    expect(driver.keys('f2').state.preferences['room-list']).toBe('off');
    expect(driver.keys('f2').state.preferences['room-list']).toBe('on');
    expect(driver.state.mode.type).toBe('conversation');
  });

  test('on a narrower screen opens the list by section at the current room, and closes it', () => {
    const driver = connected().receiveIn(ben, 11, 'ben').keys('f2');
    expect(rowsOf(driver).map(({ text }) => text)).toEqual([
      'go to: ',
      'mentions',
      expect.stringMatching(/^ {2}@ben +●1$/),
      'rooms',
      expect.stringMatching(/^▸ #lobby/),
      expect.stringMatching(/^ {2}#ops +deploys and pages$/),
      expect.stringMatching(/^ {2}#random/),
      expect.stringMatching(/^ {2}#release/),
      'direct',
      expect.stringMatching(/^ {2}@ben +●1$/),
    ]);
    expect(chosen(driver)).toBe('▸ #lobby');
    expect(driver.keys('down', 'enter').state.room).toBe(ops);
    expect(driver.keys('f2', 'f2').state.mode.type).toBe('conversation');
  });
});

test('the list of rooms fits into every dialog with any names and topics', () => {
  fc.assert(
    fc.property(
      anyText(),
      fc.integer({ min: 20, max: 120 }),
      fc.integer({ min: 1, max: 9 }),
      (text, columns, height) => {
        const driver = new AppDriver().connectWithRooms(
          roomNamed(5, text, { topic: text }),
          ...Array.from({ length: 12 }, (_, index) => directRoom(10 + index, `${text}${index}`)),
        );
        for (const key of ['f2', 'ctrl+g']) {
          const rows = rowsOf(driver.keys(key).type(text), columns, height);
          expect(rows.length).toBeLessThanOrEqual(height);
          for (const row of rows) expect(textWidth(row.text)).toBeLessThan(columns);
          driver.keys('escape');
        }
      },
    ),
  );
});

test('a click on a room of the list goes there, a drag does not', () => {
  const driver = connected();
  const at = { x: 3, y: 4 };
  driver.roomAt = ({ x, y }) => (x === 3 && y === 4 ? ops : undefined);
  driver.input({ type: 'mouse', action: 'press', x: 9, y: 9 }, { type: 'mouse', action: 'release', ...at });
  expect(driver.state.room).toBe(0);
  driver.input({ type: 'mouse', action: 'press', ...at }, { type: 'mouse', action: 'release', ...at });
  expect(driver.state.room).toBe(ops);
  expect(driver.asked('view-room')).toEqual([{ type: 'view-room', room: ops }]);
});
