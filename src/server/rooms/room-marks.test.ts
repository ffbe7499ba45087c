import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  configured,
  decodedMark,
  encodedMark,
  formatMarks,
  markedRead,
  merged,
  noMark,
  parseMarks,
  settingsOf,
  type RoomMark,
} from './room-marks.js';

const settings = { notify: 2, mutedUntil: 5, hidden: false, pinned: true, markedUnread: false };

const anyMark: fc.Arbitrary<RoomMark> = fc.record({
  readUpTo: fc.nat(3),
  settings: fc.record({
    notify: fc.nat(3),
    mutedUntil: fc.nat(1),
    hiddenAt: fc.option(fc.nat(1), { nil: undefined }),
    pinned: fc.boolean(),
    markedUnread: fc.boolean(),
    changedAt: fc.integer({ min: 1, max: 3 }),
  }),
});

test('a read mark only grows', () => {
  const mark = markedRead(noMark, 5, 1);
  expect(mark.readUpTo).toBe(5);
  expect(markedRead(mark, 3, 2)).toBe(mark);
  expect(markedRead(mark, 6, 2).readUpTo).toBe(6);
});

test('a read mark removes the flag of an unread room and nothing else', () => {
  const unread = configured(markedRead(noMark, 5, 1), { ...settings, markedUnread: true }, 0, 2);
  const read = markedRead(unread, 5, 3);
  expect(settingsOf(read.settings, 0)).toEqual(settings);
  expect(read.readUpTo).toBe(5);
});

test('a room is hidden until its next message, and hiding it again changes nothing about that', () => {
  const hide = { ...settings, hidden: true };
  const hidden = configured(noMark, hide, 7, 1);
  expect(settingsOf(hidden.settings, 7).hidden).toBe(true);
  expect(settingsOf(hidden.settings, 8).hidden).toBe(false);
  expect(settingsOf(configured(hidden, { ...hide, pinned: false }, 7, 2).settings, 8).hidden).toBe(false);
  expect(settingsOf(configured(hidden, hide, 8, 2).settings, 8).hidden).toBe(true);
  expect(settingsOf(configured(hidden, settings, 7, 2).settings, 7).hidden).toBe(false);
});

test('a change replaces the one that it follows, even if its clock is behind', () => {
  const first = configured(noMark, settings, 0, 1000);
  const second = configured(first, { ...settings, notify: 3 }, 0, 10);
  expect(merged(first, second).settings.notify).toBe(3);
  expect(merged(second, first).settings.notify).toBe(3);
});

test('servers that learn of the same changes in any order and number agree', () => {
  fc.assert(
    fc.property(fc.array(anyMark, { minLength: 1, maxLength: 5 }), fc.nat(), (marks, seed) => {
      const combine = (list: readonly RoomMark[]) => list.reduce(merged, noMark);
      const shuffled = [...marks, ...marks].sort((one, other) => hash(one, seed) - hash(other, seed));
      expect(combine(shuffled)).toEqual(combine(marks));
    }),
  );
});

function hash(mark: RoomMark, seed: number): number {
  return Buffer.from(JSON.stringify([mark, seed])).reduce((sum, byte) => (sum * 31 + byte) | 0, 0);
}

test('marks are the same after they were stored', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.nat().map(String), anyMark), (rooms) => {
      const marks = new Map(Object.entries(rooms).map(([room, mark]) => [Number(room), mark]));
      const parsed = parseMarks(formatMarks(marks)) ?? [];
      const found = [...parsed].map(([room, { readUpTo, settings: of }]) => [
        room,
        { readUpTo, settings: of },
      ]);
      expect(found).toEqual([...marks]);
    }),
  );
});

test('a mark without settings is stored without them', () => {
  const mark = markedRead(noMark, 5, 1);
  expect(encodedMark(3, mark)).toEqual([3, 5]);
  expect(decodedMark([3, 5])).toEqual({ room: 3, ...mark });
});

test.each(['', '[]', 'null', '{"version":2,"rooms":[]}', '{"version":1,"rooms":5}'])(
  'the text %j is no state',
  (text) => expect(parseMarks(text)).toBeUndefined(),
);

test('malformed rooms are left out', () => {
  const text = '{"version":1,"rooms":[[1],[2,-1],[3,1.5],["4",1],[null,1],5,[6,1]]}';
  expect([...(parseMarks(text)?.keys() ?? [])]).toEqual([6]);
});
