import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manualClock } from '../../../test/support/manual-clock.js';
import { RoomLog } from '../../../test/support/room-log.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { contentType, lobby, messageKind, past, roomType } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { pageKinds, type Entry, type MessageLog } from '../messages/message-log.js';
import { search } from '../messages/search.js';
import { readOnly, readPage, searchScope, type Reading } from './read-log.js';
import { canSee, firstVisible } from './visibility.js';

const closed = { type: roomType.closed };

/** A log with the entries of a fold, each with its sequence as the text. */
async function logOf(fold: RoomLog, contentOf = (sequence: number) => encodeText(`text ${sequence}`)) {
  const log = createMemoryLog({ clock: manualClock() });
  for (const { room, kind, sequence, message } of fold.entries) {
    const { id, from, timestamp } = message();
    const plain = { id, from, timestamp, type: contentType.text, content: contentOf(sequence) };
    const isPlain = room === lobby && kind === messageKind.message;
    const bytes = encodeUnsequenced({ ...plain, ...(!isPlain && { detail: { room, kind } }) });
    await log.append({ room, kind, author: from, id: '', message: () => bytes });
  }
  return log;
}

async function readersOf(fold: RoomLog): Promise<(account: string) => Reading> {
  const log = await logOf(fold);
  return (account) => ({ log, rooms: fold.rooms, account });
}

const sequences = (entries: readonly Entry[]): number[] => entries.map(({ sequence }) => sequence);

const newest = { before: 0, limit: 100 };

async function found(reading: Reading & { log: MessageLog }, rooms: readonly number[], from = '') {
  const all: Entry[] = [];
  const query = { text: 'text', from, ...newest };
  const never = new AbortController().signal;
  for await (const entries of search(reading.log, query, searchScope(reading, rooms), never))
    all.push(...entries);
  return sequences(all);
}

describe('a page', () => {
  test('has the messages and changes of its room only, newest first, and of the lobby plain messages', async () => {
    const fold = new RoomLog();
    const room = fold.create('A', 'plans', { members: 'B' });
    fold.write('A', room);
    fold.write('C', lobby);
    fold.change('A', room, 'topic', 'later');
    const reader = await readersOf(fold);
    expect(sequences(await readPage(reader('B'), { room, ...newest }))).toEqual([4, 2, 1]);
    expect(sequences(await readPage(reader('B'), { room: lobby, ...newest }))).toEqual([3]);
  });

  test('of a closed room begins where the reader joined, unless its members may read the past', async () => {
    const fold = new RoomLog();
    const recent = fold.create('A', 'recent', closed);
    const whole = fold.create('A', 'whole', { ...closed, past: past.all });
    for (const room of [recent, whole]) {
      fold.write('A', room);
      fold.member('A', room, 'invited', 'B');
      fold.write('A', room);
    }
    const reader = await readersOf(fold);
    const pagesOf = (room: number) =>
      Promise.all(
        [newest, { before: 0, after: 0, limit: 100 }].map(async (query) =>
          sequences(await readPage(reader('B'), { room, ...query })),
        ),
      );
    expect(await pagesOf(recent)).toEqual([
      [5, 4],
      [5, 4],
    ]);
    expect(await pagesOf(whole)).toEqual([
      [8, 7, 6, 2],
      [8, 7, 6, 2],
    ]);
    expect(await readPage(reader('B'), { room: recent, before: 4, limit: 100 })).toEqual([]);
  });

  test('of a room that the reader cannot see is as of one that does not exist', async () => {
    const fold = new RoomLog();
    const room = fold.create('A', 'plans', { ...closed, members: 'B' });
    fold.member('B', room, 'left');
    const direct = fold.direct('AB');
    const reader = await readersOf(fold);
    const errors = await Promise.all(
      [room, direct, 2, 77].map((number) =>
        readPage(reader(number === room ? 'B' : 'C'), { room: number, ...newest }).catch(
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors)
      expect(error).toMatchObject({ code: 'no-such-room', message: 'no such room' });
  });

  test('skips void entries, however many there are', async () => {
    const fold = new RoomLog();
    const room = fold.create('A', 'plans');
    fold.write('A', room);
    for (let count = 0; count < 5; count++) expect(fold.write('B', room)).toBeDefined();
    const reader = await readersOf(fold);
    const page = { room, before: 0, limit: 1 };
    expect(sequences(await readPage(reader('A'), page))).toEqual([2]);
    expect(sequences(await readPage(reader('A'), { ...page, after: 2 }))).toEqual([]);
  });

  test.each([newest, { before: 0, after: 0, limit: 100 }])(
    'with %o shows nothing of a closed room if the membership of the reader ends during the read',
    async (query) => {
      const fold = new RoomLog();
      const room = fold.create('A', 'plans', { ...closed, members: 'B' });
      fold.write('A', room);
      const log = await logOf(fold);
      const leaving = <Value>(value: Value): Value => {
        fold.member('B', room, 'left');
        return value;
      };
      const reading: Reading = {
        log: {
          ...log,
          read: async (...range) => leaving(await log.read(...range)),
          readBefore: async (...range) => leaving(await log.readBefore(...range)),
        },
        rooms: fold.rooms,
        account: 'B',
      };
      expect(await readPage(reading, { room, ...query })).toEqual([]);
    },
  );

  test('of any log has the visible entries next to its position', async () => {
    const accounts = ['A', 'B', 'C'] as const;
    const account = fc.constantFrom(...accounts);
    const step = fc.record({
      actor: account,
      other: account,
      what: fc.constantFrom('write', 'invited', 'removed', 'joined', 'left', 'banned'),
      room: fc.nat({ max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step),
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, place, limit) => {
          const fold = new RoomLog();
          const rooms = [
            lobby,
            fold.create('A', 'open'),
            fold.create('A', 'recent', closed),
            fold.create('B', 'whole', { ...closed, past: past.all }),
          ];
          for (const { actor, other, what, room } of steps) {
            if (what === 'write') fold.write(actor, rooms[room] ?? lobby);
            else
              fold.member(
                actor,
                rooms[room] ?? lobby,
                what,
                what === 'joined' || what === 'left' ? actor : other,
              );
          }
          const reader = await readersOf(fold);
          for (const reading of accounts.map(reader)) {
            for (const room of rooms) {
              const first = firstVisible(fold.rooms, reading.account, room);
              if (first === undefined) continue;
              const visible = fold.entries
                .filter((entry) => entry.room === room && canSee(fold.rooms, reading.account, entry))
                .filter(({ kind }) =>
                  (room === lobby ? [messageKind.message as number] : pageKinds).includes(kind),
                )
                .map(({ sequence }) => sequence)
                .filter((sequence) => sequence >= first);
              const before = visible
                .filter((sequence) => place === 0 || sequence < place)
                .slice(-limit)
                .reverse();
              const after = visible
                .filter((sequence) => sequence > place)
                .slice(0, limit)
                .reverse();
              const pageBefore = sequences(await readPage(reading, { room, before: place, limit }));
              // Void entries count towards the limit, but do not make a page empty.
              expect(pageBefore).toEqual(before.slice(0, pageBefore.length));
              expect(pageBefore.length > 0).toBe(before.length > 0);
              expect(sequences(await readPage(reading, { room, before: 0, after: place, limit }))).toEqual(
                after,
              );
            }
          }
        },
      ),
    );
  });
});

describe('single messages', () => {
  test('that are visible are found in their order, and others are left out', async () => {
    const fold = new RoomLog();
    fold.write('C', lobby);
    const room = fold.create('A', 'plans', { ...closed, members: 'B' });
    fold.write('A', room);
    fold.write('C', lobby);
    fold.add('A', lobby, messageKind.edit, {});
    fold.write('A', room);
    const reader = await readersOf(fold);
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 2 ** 53];
    expect(sequences(await readOnly(reader('B'), all))).toEqual([1, 2, 3, 4, 6]);
    expect(sequences(await readOnly(reader('B'), [1, 3, 6]))).toEqual([1, 3, 6]);
    expect(sequences(await readOnly(reader('C'), all))).toEqual([1, 4]);
    expect(sequences(await readOnly(reader('C'), [2, 3]))).toEqual([]);
  });

  test('include the entry that ended the membership of the reader, but nothing else of the room', async () => {
    const fold = new RoomLog();
    const room = fold.create('A', 'plans', { ...closed, members: 'BC' });
    fold.member('A', room, 'removed', 'B');
    fold.member('A', room, 'removed', 'C');
    const reader = await readersOf(fold);
    expect(sequences(await readOnly(reader('B'), [1, 2, 3]))).toEqual([2]);
  });

  test('are found next to ones that were removed from the log', async () => {
    const fold = new RoomLog();
    for (let count = 0; count < 9; count++) fold.write('A', lobby);
    const log = await logOf(fold);
    const without = (entries: readonly Entry[]) => entries.filter(({ sequence }) => sequence % 3 !== 0);
    const damaged: Reading['log'] = {
      ...log,
      read: async (after) => without(await log.read(after, Infinity)).slice(0, 1),
      readBefore: async (before) => without(await log.readBefore(before, 9, Infinity)).slice(0, 1),
    };
    const reading = { log: damaged, rooms: fold.rooms, account: 'A' };
    expect(sequences(await readOnly(reading, [1, 2, 3, 4, 6, 8]))).toEqual([1, 2, 4, 8]);
    expect(sequences(await readOnly(reading, [5, 6, 7, 8, 9]))).toEqual([5, 7, 8]);
    expect(sequences(await readOnly(reading, [8, 9]))).toEqual([8]);
    const empty = { ...reading, log: { ...damaged, read: () => [] } };
    expect(sequences(await readOnly(empty, [1, 5, 6]))).toEqual([1]);
  });

  test('end before the answer exceeds 4 MiB', async () => {
    const fold = new RoomLog();
    for (let count = 0; count < 5; count++) fold.write('A', lobby);
    const log = await logOf(fold, () => new Uint8Array(1_500_000));
    const reading = { log, rooms: fold.rooms, account: 'A' };
    expect(sequences(await readOnly(reading, [1, 2, 3, 4, 5]))).toEqual([1, 2]);
    expect(sequences(await readOnly(reading, [3, 5]))).toEqual([3, 5]);
  });
});

describe('a search', () => {
  async function rooms() {
    const fold = new RoomLog();
    fold.write('A', lobby);
    const open = fold.create('A', 'open');
    const shut = fold.create('A', 'shut', { ...closed, members: 'B' });
    for (const room of [open, shut, open, shut]) fold.write('A', room);
    fold.write('C', lobby);
    const log = await logOf(fold);
    return { open, shut, reader: (account: string) => ({ log, rooms: fold.rooms, account }) };
  }

  test('of all rooms finds messages of the lobby, of open rooms and of rooms of the reader', async () => {
    const { reader } = await rooms();
    expect(await found(reader('B'), [])).toEqual([8, 7, 6, 5, 4, 1]);
    expect(await found(reader('C'), [])).toEqual([8, 6, 4, 1]);
  });

  test('of some rooms finds only their messages', async () => {
    const { reader, open, shut } = await rooms();
    expect(await found(reader('B'), [open])).toEqual([6, 4]);
    expect(await found(reader('B'), [shut])).toEqual([7, 5]);
    expect(await found(reader('B'), [lobby])).toEqual([8, 1]);
    expect(await found(reader('B'), [lobby, shut])).toEqual([8, 7, 5, 1]);
  });

  test('of a user finds only their messages, whatever the case of the name', async () => {
    const { reader } = await rooms();
    expect(await found(reader('B'), [], 'C')).toEqual([8]);
    expect(await found(reader('C'), [], 'a')).toEqual([6, 4, 1]);
  });

  test('of a room that the reader cannot see is as of one that does not exist', async () => {
    const { reader, open, shut } = await rooms();
    for (const room of [shut, 99])
      expect(() => searchScope(reader('C'), [open, room])).toThrow(
        expect.objectContaining({ code: 'no-such-room', message: 'no such room' }),
      );
  });

  test('of a single room reads only the entries of that room', async () => {
    const { reader, open } = await rooms();
    expect(searchScope(reader('C'), [open, open])).toMatchObject({
      of: { room: open, kinds: [messageKind.message] },
      lowest: open,
    });
  });
});
