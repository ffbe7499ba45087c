import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import { anyText } from '../../../../test/support/any-text.js';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { withRoomSettings } from '../state/preferences.js';
import { themeFor } from '../theme/theme.js';
import type { ListedRoom } from './room-order.js';
import { createRoomPanel, newsMark, roomWindow, type RoomRow } from './room-panel.js';

const look = { theme: themeFor(unknownColours, 'none'), depth: 'none' } as const;
const size = { columns: 28, rows: 10 };

function shown({ state }: AppDriver, { columns, rows } = size): string[] {
  return createRoomPanel()(state, { columns, rows }, look).rows.map(stripVTControlCharacters);
}

function listed(number: number, level: ListedRoom['level'] = 'none'): ListedRoom {
  return { number, label: `#r${number}`, section: 'rooms', isDirect: false, level, count: 1, isMuted: false };
}

const rows = (count: number, withNews: readonly number[] = []): RoomRow[] =>
  Array.from({ length: count }, (_, number) => ({
    type: 'room',
    room: listed(number, withNews.includes(number) ? 'unread' : 'none'),
  }));

describe('the room list', () => {
  test('has mentions first, marks the current room, and counts news', () => {
    const driver = new AppDriver()
      .connectWithRooms(
        roomNamed(5, 'ops'),
        roomNamed(6, 'random'),
        roomNamed(7, 'quiet'),
        directRoom(8, 'ben'),
      )
      .receiveIn(5, 10)
      .receiveIn(5, 11)
      .receiveIn(8, 12, 'ben');
    driver.state = {
      ...driver.state,
      preferences: withRoomSettings(driver.state.preferences, 7, { mutedUntil: 1 }),
    };
    expect(shown(driver)).toEqual([
      ' mentions                  │',
      '   @ben                 ●1 │',
      ' rooms                     │',
      ' ▸ #lobby                  │',
      '   #ops                  2 │',
      '   #quiet            muted │',
      '   #random                 │',
      ' direct                    │',
      '   @ben                 ●1 │',
      '                           │',
    ]);
  });

  test('is scrolled by the wheel, until another room is opened', () => {
    const rooms = Array.from({ length: 30 }, (_, index) => roomNamed(index + 1, `r${index + 1}`));
    const driver = new AppDriver().connectWithRooms(...rooms);
    const panel = createRoomPanel();
    const drawn = () => panel(driver.state, size, look);
    driver.wheelRoomList = (by) => drawn().scrolled(by);
    const wheel = (action: 'wheel-up' | 'wheel-down') => driver.input({ type: 'mouse', action, x: 3, y: 3 });
    wheel('wheel-down');
    wheel('wheel-down');
    expect(drawn().rows.join('')).not.toContain('#lobby');
    expect(driver.state.reading.viewport).toEqual({ type: 'newest' });
    for (let count = 0; count < 20; count++) wheel('wheel-down');
    expect(drawn().rows.at(-1)).toContain('#r30');
    wheel('wheel-up');
    expect(drawn().rows.at(-1)).toContain('#r27');
    driver.keys('alt+1', 'ctrl+n');
    expect(stripVTControlCharacters(drawn().rows.join(''))).toContain('▸ #r1 ');
  });

  test('is drawn again only if it would be another one', () => {
    const driver = new AppDriver().connectWithRooms(roomNamed(5, 'ops'));
    const panel = createRoomPanel();
    const before = panel(driver.state, size, look);
    expect(panel(driver.type('a draft').state, size, look)).toBe(before);
    expect(panel(driver.receiveIn(5, 10).state, size, look)).not.toBe(before);
  });

  test('has rows of one width for all names', () => {
    fc.assert(
      fc.property(anyText(), fc.integer({ min: 26, max: 32 }), (text, columns) => {
        const driver = new AppDriver().connectWithRooms(roomNamed(5, text), directRoom(6, text, `${text}x`));
        for (const row of shown(driver, { columns, rows: 8 })) expect(textWidth(row)).toBe(columns);
      }),
    );
  });

  test('says at its edges how many rooms with news are out of view, and leads to the nearest', () => {
    const { top, rows: seen } = roomWindow(rows(20, [1, 2, 10, 17]), { index: 10, height: 6, top: 8 });
    expect(top).toBe(8);
    expect(seen[0]).toMatchObject({ type: 'more', text: '▲ 2', room: { number: 2 } });
    expect(seen[5]).toMatchObject({ type: 'more', text: '▼ 1', room: { number: 17 } });
    const quiet = roomWindow(rows(20), { index: 10, height: 6, top: 8 }).rows;
    expect(quiet.every(({ type }) => type === 'room')).toBe(true);
  });

  test('always shows the current room, and all news, in view or at the edges', () => {
    const numbers = fc.nat(39);
    fc.assert(
      fc.property(
        fc.uniqueArray(numbers),
        numbers,
        fc.integer({ min: 3, max: 50 }),
        fc.nat(60),
        (news, index, height, wanted) => {
          const { rows: seen } = roomWindow(rows(40, news), { index, height, top: wanted });
          expect(seen).toHaveLength(Math.min(40, height));
          const inView = seen.flatMap((row) => (row.type === 'room' ? [row.room.number] : []));
          expect(inView).toContain(index);
          const beyond = seen.flatMap((row) => (row.type === 'more' ? [Number(row.text.slice(2))] : []));
          const counted = beyond.reduce((sum, count) => sum + count, 0);
          expect(counted).toBe(news.filter((number) => !inView.includes(number)).length);
        },
      ),
    );
  });

  test('stays where it is while the current room is in view', () => {
    const tops = [5, 6, 7, 9, 12].map((index) => roomWindow(rows(30), { index, height: 8, top: 4 }).top);
    expect(tops).toEqual([4, 4, 4, 4, 6]);
  });

  test('shortens counts above 999', () => {
    expect(newsMark({ ...listed(1, 'mention'), count: 1000 })).toBe('●999+');
  });
});
