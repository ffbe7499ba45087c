import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeMessages, encodeUnsequenced } from '../../src/shared/codec.js';
import {
  contentType,
  lobby,
  messageKind,
  past,
  plainPlacement,
  roomChange,
  roomType,
  type Detail,
  type Placement,
} from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import {
  allKinds,
  dedupeWindow,
  pageKinds,
  type Append,
  type Appended,
  type Entry,
  type Mentioned,
  type DedupeWindow,
  type LogOptions,
  type MessageLog,
  type RoomFilter,
} from '../../src/server/messages/message-log.js';
import { lobbyScope } from '../support/lobby-scope.js';
import { search } from '../../src/server/messages/search.js';
import { manualClock, type ManualClock } from '../support/manual-clock.js';

/** An implementation of `MessageLog` under test. */
export type LogFactory = {
  /** Opens an empty log; a durable log that was closed is opened again. */
  open(options: Required<LogOptions>): Promise<MessageLog>;
  /** Removes everything that the logs of one test stored. */
  cleanUp(): Promise<void>;
};

/** What creates a room, without its number. */
const creation: Detail = {
  room: 0,
  kind: messageKind.room,
  account: 'a1',
  roomChange: {
    what: roomChange.created,
    ...{ name: 'plans', topic: 'what next', type: roomType.closed, past: past.all },
    members: [{ account: 'b2', name: 'bob' }],
  },
};

export function text(content: string, options: Partial<Append> = {}): Append {
  const { author = 'ada', id = '', room, kind } = { ...plainPlacement, ...options };
  const isPlain = room === lobby && kind === messageKind.message;
  const message = {
    ...{ timestamp: 1, content: encodeText(content), type: contentType.text, from: author, id },
    ...(!isPlain && { detail: room === 'new' ? creation : { room, kind } }),
  };
  return { message: () => encodeUnsequenced(message), author, id, room, kind };
}

/** The sequence of a remembered id, found by an append that stores nothing. */
export async function findId(log: MessageLog, author: string, id: string): Promise<number | undefined> {
  const unknown = new Error('no such id');
  const message = (): never => {
    throw unknown;
  };
  try {
    return (await log.append({ ...text('', { author, id }), message })).sequence;
  } catch (error) {
    if (error === unknown) return undefined;
    throw error;
  }
}

export function textsOf(entries: readonly Entry[]): string[] {
  return entries.map(({ bytes }) => new TextDecoder().decode(decodeMessages(bytes)[0]?.content));
}

export const sequencesOf = (entries: readonly Entry[]): number[] => entries.map(({ sequence }) => sequence);

/** Appends `count` texts at once. */
export async function appendMany(log: MessageLog, count: number, name = 'text'): Promise<Appended[]> {
  return await Promise.all(Array.from({ length: count }, (_, index) => log.append(text(`${name} ${index}`))));
}

async function appendIds(log: MessageLog, author: string, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => log.append(text('later', { author, id }))));
}

/** The numbers from `from` up to but not including `to`, as ids. */
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

const { message, edit, room: created, member } = messageKind;

/** The placements of the entries that `appendToRooms` appends, from sequence 1 on. */
export const placementsInRooms: readonly Placement[] = [
  { room: lobby, kind: message },
  { room: 2, kind: created },
  { room: 2, kind: member },
  { room: 2, kind: message },
  { room: lobby, kind: message },
  { room: 6, kind: created },
  { room: 2, kind: edit },
  { room: 6, kind: message },
  { room: 2, kind: message },
  { room: lobby, kind: edit },
  { room: lobby, kind: message },
  { room: 2, kind: message },
];

export async function appendToRooms(log: MessageLog): Promise<void> {
  for (const { room, kind } of placementsInRooms)
    await log.append(text('in a room', { room: kind === created ? 'new' : room, kind }));
}

function placementsOf(entries: readonly Entry[]): Placement[] {
  return entries.map(({ room, kind }) => ({ room, kind }));
}

const filter = (room: number, kinds: readonly number[] = [message]): RoomFilter => ({ room, kinds });

/** Reads each room of a log with the entries of `appendToRooms`. */
export async function expectRooms(log: Pick<MessageLog, 'read' | 'readBefore'>): Promise<void> {
  const read = async (after: number, room: number, maxBytes = everything): Promise<number[]> =>
    sequencesOf(await log.read(after, maxBytes, filter(room)));
  const readBefore = async (before: number, maxCount: number, room: number, maxBytes = everything) =>
    sequencesOf(await log.readBefore(before, maxCount, maxBytes, filter(room)));
  const page = async (before: number, maxCount: number, of: RoomFilter) =>
    sequencesOf(await log.readBefore(before, maxCount, everything, of));
  expect(await read(0, lobby)).toEqual([1, 5, 11]);
  expect(await read(0, 2)).toEqual([4, 9, 12]);
  expect(await read(4, 2)).toEqual([9, 12]);
  expect(await read(0, 6)).toEqual([8]);
  expect(await read(8, 6)).toEqual([]);
  expect(await read(0, 7)).toEqual([]);
  expect(await readBefore(0, 9, lobby)).toEqual([11, 5, 1]);
  expect(await readBefore(0, 9, 2)).toEqual([12, 9, 4]);
  expect(await readBefore(12, 1, 2)).toEqual([9]);
  expect(await readBefore(0, 9, 7)).toEqual([]);
  const [{ bytes: { length } } = { bytes: [] }] = await log.read(3, everything, filter(2));
  expect(await read(0, 2, length * 2 + 1)).toEqual([4, 9]);
  expect(await read(0, 2, 1)).toEqual([4]);
  expect(await readBefore(0, 9, 2, length * 2 + 1)).toEqual([12, 9]);
  expect(await readBefore(0, 9, 2, 1)).toEqual([12]);

  expect(await page(0, 9, filter(2, pageKinds))).toEqual([12, 9, 4, 3, 2]);
  expect(await page(9, 2, filter(2, pageKinds))).toEqual([4, 3]);
  expect(await page(3, 9, filter(2, pageKinds))).toEqual([2]);
  expect(await page(0, 9, filter(6, pageKinds))).toEqual([8, 6]);
  expect(await page(0, 9, filter(6, [created]))).toEqual([6]);
  expect(await page(0, 9, filter(2, [member]))).toEqual([3]);
  expect(await page(0, 9, filter(2, allKinds))).toEqual([12, 9, 7, 4, 3, 2]);
  expect(await page(0, 9, filter(lobby, pageKinds))).toEqual([11, 5, 1]);
  expect(await page(0, 9, filter(lobby, allKinds))).toEqual([11, 10, 5, 1]);
  expect(sequencesOf(await log.read(0, everything, filter(2, pageKinds)))).toEqual([2, 3, 4, 9, 12]);
  expect(sequencesOf(await log.read(2, everything, filter(2, allKinds)))).toEqual([3, 4, 7, 9, 12]);
  expect(sequencesOf(await log.read(5, everything, filter(lobby, allKinds)))).toEqual([10, 11]);
}

/** As `expectRooms`. */
export async function expectRoomCounts(
  log: Pick<MessageLog, 'count' | 'sequences' | 'recent'>,
): Promise<void> {
  const count = async (after: number, of: RoomFilter, maxCount = 99): Promise<number> =>
    log.count(after, maxCount, everything, of);
  expect(await count(0, filter(2))).toBe(3);
  expect(await count(4, filter(2))).toBe(2);
  expect(await count(0, filter(2, pageKinds))).toBe(5);
  expect(await count(3, filter(2, allKinds))).toBe(4);
  expect(await count(12, filter(2, allKinds))).toBe(0);
  expect(await count(99, filter(2, allKinds))).toBe(0);
  expect(await count(0, filter(7, allKinds))).toBe(0);
  expect(await count(0, filter(lobby))).toBe(3);
  expect(await count(1, filter(lobby, allKinds))).toBe(3);
  expect(await count(0, filter(2, pageKinds), 5)).toBe(5);
  expect(await count(0, filter(2, pageKinds), 4)).toBe(Infinity);
  expect(await count(0, filter(lobby), 0)).toBe(Infinity);
  expect(await count(12, filter(2), 0)).toBe(0);

  expect(await log.sequences(0, 99, filter(2, allKinds))).toEqual([2, 3, 4, 7, 9, 12]);
  expect(await log.sequences(3, 2, filter(2, allKinds))).toEqual([4, 7]);
  expect(await log.sequences(0, 99, filter(lobby))).toEqual([1, 5, 11]);
  expect(await log.sequences(0, 1, filter(lobby))).toEqual([1]);
  expect(await log.sequences(1, 99, filter(lobby, allKinds))).toEqual([5, 10, 11]);
  expect(await log.sequences(12, 99, filter(2, allKinds))).toEqual([]);
  expect(await log.sequences(0, 99, filter(7, allKinds))).toEqual([]);

  const recent = async (before: number, maxCount: number, of: RoomFilter): Promise<number[]> =>
    (await log.recent(before, maxCount, of)).map(({ sequence }) => sequence);
  expect(await recent(99, 99, filter(2, allKinds))).toEqual([12, 9, 7, 4, 3, 2]);
  expect(await recent(9, 2, filter(2, allKinds))).toEqual([7, 4]);
  expect(await recent(99, 99, filter(lobby))).toEqual([11, 5, 1]);
  expect(await recent(99, 1, filter(lobby))).toEqual([11]);
  expect(await recent(1, 99, filter(lobby))).toEqual([]);
  expect(await recent(99, 99, filter(7, allKinds))).toEqual([]);
  const senders = (await log.recent(99, 99, filter(2))).map(({ sender }) => sender);
  expect([...new Set(senders)]).toEqual(['ada']);
}

/** Mentions b2 in the lobby, all in room 2, b2 and c3 there, and one more time b2 in the lobby. */
async function appendMentions(log: MessageLog): Promise<void> {
  const mention = async (
    room: number,
    mentionedAccounts: string[],
    mentions: string[] = [],
  ): Promise<void> => {
    const detail = { room, kind: messageKind.message, mentions, mentionedAccounts };
    const message = { ...{ timestamp: 1, content: encodeText('text'), type: contentType.text }, from: 'ada' };
    await log.append({
      ...text('text', { room, kind: messageKind.message }),
      message: () => encodeUnsequenced({ ...message, id: '', detail }),
    });
  };
  await mention(lobby, ['b2'], ['bob']);
  await log.append(text('none'));
  await mention(2, [], ['all', 'bob']);
  await mention(2, ['b2', 'c3'], ['bob', 'carl']);
  await mention(lobby, ['b2'], ['bob']);
}

async function expectMentions(log: Pick<MessageLog, 'mentions'>): Promise<void> {
  const found = async (of: Mentioned, before = 99, maxCount = 99) =>
    (await log.mentions(of, before, maxCount)).map(({ sequence, room, sender }) => [sequence, room, sender]);
  const [first, second, third] = [
    [1, 0, 'ada'],
    [4, 2, 'ada'],
    [5, 0, 'ada'],
  ];
  expect(await found({ account: 'b2' })).toEqual([third, second, first]);
  expect(await found({ account: 'b2' }, 5, 1)).toEqual([second]);
  expect(await found({ account: 'c3' })).toEqual([second]);
  expect(await found({ account: 'b' })).toEqual([]);
  expect(await found({ allOf: 2 })).toEqual([[3, 2, 'ada']]);
  expect(await found({ allOf: 2 }, 3)).toEqual([]);
  expect(await found({ allOf: lobby })).toEqual([]);
}

/** Smaller than a server's, so that a test need not append thousands of messages. */
const smallWindow: DedupeWindow = { ...dedupeWindow, maxCount: 20 };
const everything = 1e9;
const never = new AbortController().signal;

/** The tests that every `MessageLog` must pass. A `durable` log keeps its entries when it is closed. */
export function describeMessageLog(name: string, durable: boolean, factory: LogFactory): void {
  describe(`${name}: contract of MessageLog`, () => {
    let clock: ManualClock;
    let log: MessageLog;

    beforeEach(async () => {
      clock = manualClock();
      log = await factory.open({ clock, dedupeWindow: smallWindow });
    });

    afterEach(async () => {
      await log.close();
      await factory.cleanUp();
    });

    describe('appending', () => {
      test('an empty log has no head and nothing to read', async () => {
        expect(log.head()).toBe(0);
        expect(log.oldest()).toBe(1);
        expect(log.storageProblem()).toBeUndefined();
        expect(log.logId).toMatch(/^[!-~]{1,64}$/);
        expect(await log.read(0, everything)).toEqual([]);
        expect(await log.readBefore(0, 10, everything)).toEqual([]);
      });

      test('sequences start at 1 and follow the order of the calls of append', async () => {
        const appended = await appendMany(log, 50);
        expect(appended).toEqual(appended.map((_, index) => ({ sequence: index + 1, duplicate: false })));
        expect(textsOf(await log.read(0, everything))).toEqual(appended.map((_, index) => `text ${index}`));
        expect(log.head()).toBe(50);
      });

      test('an acknowledged message is visible under its sequence, which its bytes contain', async () => {
        const { sequence } = await log.append(text('hello'));
        const [entry] = await log.read(sequence - 1, everything);
        expect(entry?.sequence).toBe(sequence);
        const [message, ...more] = decodeMessages(entry?.bytes ?? new Uint8Array(0));
        expect(message).toMatchObject({ sequence, from: 'ada' });
        expect(more).toEqual([]);
      });

      test('the joined bytes of entries are the encoding of their batch', async () => {
        await appendMany(log, 3);
        const entries = await log.read(0, everything);
        const joined = decodeMessages(Buffer.concat(entries.map(({ bytes }) => bytes)));
        expect(joined.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      });

      test('messages that authors append at the same time get one order, which keeps the order of each author', async () => {
        const write = async (author: string): Promise<void> => {
          for (let index = 0; index < 20; index++) await log.append(text(`${author} ${index}`, { author }));
        };
        await Promise.all([write('ada'), write('bob'), write('cyd')]);
        const entries = await log.read(0, everything);
        expect(sequencesOf(entries)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
        for (const author of ['ada', 'bob', 'cyd']) {
          const own = textsOf(entries).filter((content) => content.startsWith(author));
          expect(own).toEqual(Array.from({ length: 20 }, (_, index) => `${author} ${index}`));
        }
      });
    });

    describe('ids', () => {
      test('a second message with the same author and id is not appended and gets the first sequence', async () => {
        await log.append(text('before'));
        await log.append(text('first', { id: 'x' }));
        expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 2, duplicate: true });
        expect(await findId(log, 'ada', 'x')).toBe(2);
        expect(log.head()).toBe(2);
      });

      test('a duplicate of an append in flight gets the same sequence', async () => {
        const first = log.append(text('first', { id: 'x' }));
        const second = log.append(text('second', { id: 'x' }));
        const found = findId(log, 'ada', 'x');
        expect(await Promise.all([first, second, found])).toEqual([
          { sequence: 1, duplicate: false },
          { sequence: 1, duplicate: true },
          1,
        ]);
        expect(textsOf(await log.read(0, everything))).toEqual(['first']);
      });

      test('messages with the same id of another author, or without an id, are no duplicates', async () => {
        await log.append(text('one', { id: 'x' }));
        await log.append(text('two', { id: 'x', author: 'bob' }));
        await log.append(text('three'));
        await log.append(text('four'));
        expect(log.head()).toBe(4);
        expect(await findId(log, 'ada', '')).toBeUndefined();
        expect(await findId(log, 'cyd', 'x')).toBeUndefined();
      });

      test('a message that cannot be encoded rejects its append, and stores nothing', async () => {
        const reason = new Error('breaks a rule');
        const message = (): never => {
          throw reason;
        };
        await expect(log.append({ ...text('', { id: 'x' }), message })).rejects.toBe(reason);
        expect(await log.append(text('next', { id: 'x' }))).toEqual({ sequence: 1, duplicate: false });
        expect(await log.append({ ...text('', { id: 'x' }), message })).toEqual({
          sequence: 1,
          duplicate: true,
        });
      });

      test('an author and id that concatenate to the same string as others are no duplicate', async () => {
        await log.append(text('one', { author: 'ad', id: 'ax' }));
        expect(await findId(log, 'ada', 'x')).toBeUndefined();
        expect(await findId(log, 'a', 'dax')).toBeUndefined();
      });

      test('an id is forgotten after 24 hours', async () => {
        await log.append(text('first', { id: 'x' }));
        await clock.advance(dedupeWindow.maxAgeMs - 1);
        expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
        await clock.advance(1);
        expect(await findId(log, 'ada', 'x')).toBeUndefined();
        expect(await log.append(text('third', { id: 'x' }))).toEqual({ sequence: 2, duplicate: false });
        expect(await log.append(text('fourth', { id: 'x' }))).toEqual({ sequence: 2, duplicate: true });
      });

      test.each([-10, 10])('an id is remembered although the wall clock jumps by %d days', async (days) => {
        await log.append(text('first', { id: 'x' }));
        clock.jump(days * 24 * 60 * 60 * 1000);
        expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
        await clock.advance(dedupeWindow.maxAgeMs - 1);
        expect(await log.append(text('third', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
      });

      test('an id is forgotten after the maximum number of later ids of its author, not of others', async () => {
        await log.append(text('first', { id: 'x' }));
        await appendIds(log, 'bob', numbered(0, smallWindow.maxCount));
        await appendIds(log, 'ada', numbered(0, smallWindow.maxCount - 1));
        expect(await findId(log, 'ada', 'x')).toBe(1);
        await appendIds(log, 'ada', [String(smallWindow.maxCount)]);
        expect(await findId(log, 'ada', 'x')).toBeUndefined();
        expect((await log.append(text('again', { id: 'x' }))).duplicate).toBe(false);
      });
    });

    describe('reading', () => {
      test('read returns as many entries as fit, but at least one', async () => {
        await appendMany(log, 10);
        const entries = await log.read(0, everything);
        const size = entries[0]?.bytes.length ?? 0;
        expect(sequencesOf(await log.read(2, size * 3))).toEqual([3, 4, 5]);
        expect(sequencesOf(await log.read(2, size * 4 - 1))).toEqual([3, 4, 5]);
        expect(sequencesOf(await log.read(2, 1))).toEqual([3]);
      });

      test('read returns nothing after the head or after a cursor past it', async () => {
        await appendMany(log, 3);
        expect(await log.read(3, everything)).toEqual([]);
        expect(await log.read(99, everything)).toEqual([]);
      });

      test('readBefore returns the newest first, bounded by count and bytes', async () => {
        await appendMany(log, 10);
        const size = (await log.read(0, 1))[0]?.bytes.length ?? 0;
        expect(sequencesOf(await log.readBefore(0, 3, everything))).toEqual([10, 9, 8]);
        expect(sequencesOf(await log.readBefore(4, 10, everything))).toEqual([3, 2, 1]);
        expect(sequencesOf(await log.readBefore(8, 10, size * 2))).toEqual([7, 6]);
        expect(sequencesOf(await log.readBefore(8, 10, 1))).toEqual([7]);
        expect(sequencesOf(await log.readBefore(99, 1, everything))).toEqual([10]);
        expect(await log.readBefore(1, 10, everything)).toEqual([]);
        expect(await log.readBefore(0, 0, everything)).toEqual([]);
      });
    });

    describe('rooms', () => {
      test('entries of all rooms have one order, and keep their room and kind', async () => {
        await appendToRooms(log);
        expect(placementsOf(await log.read(0, everything))).toEqual(placementsInRooms);
        expect(placementsOf(await log.readBefore(0, 99, everything))).toEqual(placementsInRooms.toReversed());
      });

      test('finds messages by whom they mention', async () => {
        await appendMentions(log);
        await expectMentions(log);
      });

      test('a room is read in both directions, its messages only and within the limits', async () => {
        await appendToRooms(log);
        await expectRooms(log);
        await expectRoomCounts(log);
      });

      test('a log that knows where rooms begin never says a later place', async () => {
        await appendMany(log, 3);
        expect((await log.firstWithRoom?.()) ?? Infinity).toBe(Infinity);
        await log.append(text('new', { room: 'new', kind: created }));
        expect((await log.firstWithRoom?.()) ?? 0).toBeLessThanOrEqual(4);
      });

      test('the number of a new room is the sequence of its creation, which its detail has', async () => {
        await log.append(text('before'));
        const placement = { room: 'new', kind: created } as const;
        const first = log.append(text('first', { ...placement, id: 'x' }));
        const second = log.append(text('second', placement));
        const again = log.append(text('again', { ...placement, id: 'x' }));
        expect(await Promise.all([first, second, again])).toEqual([
          { sequence: 2, duplicate: false },
          { sequence: 3, duplicate: false },
          { sequence: 2, duplicate: true },
        ]);
        const entries = await log.read(1, everything);
        expect(placementsOf(entries)).toEqual([2, 3].map((room) => ({ room, kind: created })));
        const details = entries.flatMap(({ bytes }) => decodeMessages(bytes)).map(({ detail }) => detail);
        expect(details).toEqual([2, 3].map((room) => ({ ...creation, room })));
      });

      test('an id is of its author, not of a room', async () => {
        await log.append(text('first', { id: 'x', room: 2 }));
        expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
        expect(await log.append(text('third', { id: 'x', author: 'bob' }))).toMatchObject({ sequence: 2 });
      });

      test('a reader is woken by an entry of any room', async () => {
        const woken = log.waitAfter(0, never);
        await log.append(text('elsewhere', { room: 2 }));
        await expect(woken).resolves.toBeUndefined();
      });

      test('a search finds messages of the lobby only', async () => {
        await log.append(text('needle'));
        await log.append(text('needle', { room: 2 }));
        await log.append(text('needle', { kind: messageKind.edit }));
        const found: number[] = [];
        for await (const entries of search(log, { text: 'needle', before: 0, limit: 9 }, lobbyScope, never))
          found.push(...sequencesOf(entries));
        expect(found).toEqual([1]);
      });
    });

    describe('searching', () => {
      const find = async (query: { text: string; before?: number; limit?: number }): Promise<number[]> => {
        const found: number[] = [];
        for await (const entries of search(log, { before: 0, limit: 500, ...query }, lobbyScope, never))
          found.push(...sequencesOf(entries));
        return found;
      };

      test('a search finds texts in any case and script, the newest first', async () => {
        const texts = ['Good Morning', 'ÜBUNG', 'hay', 'ΟΔΟΣ Α', 'good MORNING, all', 'Привет', 'İzmir'];
        for (const content of texts) await log.append(text(content));
        expect(await find({ text: 'GOOD morning' })).toEqual([5, 1]);
        expect(await find({ text: 'übung' })).toEqual([2]);
        expect(await find({ text: 'οδος' })).toEqual([4]);
        expect(await find({ text: 'ПРИВЕТ' })).toEqual([6]);
        expect(await find({ text: 'i\u0307zmir' })).toEqual([7]);
        expect(await find({ text: 'evening' })).toEqual([]);
      });

      test('a search ignores authors, ids and images', async () => {
        await log.append(text('hay', { author: 'needle', id: 'needle' }));
        const image = { timestamp: 1, content: encodeText('needle'), type: contentType.image, from: 'ada' };
        await log.append({ ...text(''), message: () => encodeUnsequenced({ ...image, id: '' }) });
        expect(await find({ text: 'needle' })).toEqual([]);
        await log.append(text('a needle'));
        expect(await find({ text: 'needle' })).toEqual([3]);
      });

      test('a search starts before a sequence and ends at its limit', async () => {
        await appendMany(log, 20);
        expect(await find({ text: 'TEXT 1', limit: 3 })).toEqual([20, 19, 18]);
        expect(await find({ text: 'TEXT 1', before: 12 })).toEqual([11, 2]);
        expect(await find({ text: 'text', before: 99, limit: 1 })).toEqual([20]);
        expect(await find({ text: 'text', before: 2 })).toEqual([1]);
        expect(await find({ text: 'text', before: 1 })).toEqual([]);
      });

      test('a cancelled search rejects with the reason of its signal', async () => {
        await appendMany(log, 1200);
        const cancelled = new AbortController();
        const reason = new Error('enough');
        const searching = search(log, { text: 'text', before: 0, limit: 1200 }, lobbyScope, cancelled.signal);
        expect((await searching.next()).done).toBe(false);
        cancelled.abort(reason);
        await expect(searching.next()).rejects.toBe(reason);
      });
    });

    describe('waiting', () => {
      test('a reader at the head is woken by the next append and can read it', async () => {
        await log.append(text('one'));
        const woken = log.waitAfter(1, never).then(() => log.read(1, everything));
        await log.append(text('two'));
        expect(textsOf(await woken)).toEqual(['two']);
      });

      test('a reader behind the head does not wait', async () => {
        await log.append(text('one'));
        await expect(log.waitAfter(0, never)).resolves.toBeUndefined();
      });

      test('a reader that waits after a later sequence is woken only when the head has passed it', async () => {
        let wokenAt = 0;
        const woken = log.waitAfter(2, never).then(() => (wokenAt = log.head()));
        for (let count = 0; count < 3; count++) await log.append(text('next'));
        await woken;
        expect(wokenAt).toBe(3);
      });

      test('an aborted wait rejects with the reason of its signal, and leaves the others waiting', async () => {
        const gone = new AbortController();
        const reason = new Error('gone');
        const first = log.waitAfter(0, gone.signal);
        const second = log.waitAfter(0, never);
        gone.abort(reason);
        await expect(first).rejects.toBe(reason);
        await expect(log.waitAfter(0, gone.signal)).rejects.toBe(reason);
        await log.append(text('one'));
        await expect(second).resolves.toBeUndefined();
      });

      test('5,000 waiting readers are all woken', async () => {
        const waits = Array.from({ length: 5000 }, () => log.waitAfter(0, new AbortController().signal));
        await log.append(text('one'));
        await expect(Promise.all(waits)).resolves.toHaveLength(5000);
      });
    });

    describe('closing', () => {
      test('closing answers earlier appends and rejects later ones', async () => {
        const before = log.append(text('one'));
        const closed = log.close();
        await expect(log.append(text('two'))).rejects.toMatchObject({ code: 'shutting-down' });
        await expect(before).resolves.toEqual({ sequence: 1, duplicate: false });
        await closed;
        expect(log.storageProblem()).toBeDefined();
      });

      test('closing rejects waiting readers, and may be repeated', async () => {
        const waiting = log.waitAfter(0, never);
        const closed = Promise.all([log.close(), log.close()]);
        await expect(waiting).rejects.toMatchObject({ code: 'shutting-down' });
        await closed;
        await expect(log.waitAfter(0, never)).rejects.toMatchObject({ code: 'shutting-down' });
      });
    });

    if (durable) {
      describe('opening again', () => {
        const reopen = async (): Promise<void> => {
          await log.close();
          log = await factory.open({ clock, dedupeWindow: smallWindow });
        };

        test('a log that is opened again has all acknowledged messages, its log id and its next sequence', async () => {
          await appendMany(log, 20);
          const { logId } = log;
          const before = await log.read(0, everything);
          await reopen();
          expect(log.logId).toBe(logId);
          expect(log.head()).toBe(20);
          expect((await log.read(0, everything)).map(({ bytes }) => Buffer.from(bytes))).toEqual(
            before.map(({ bytes }) => Buffer.from(bytes)),
          );
          expect((await log.append(text('next'))).sequence).toBe(21);
        });

        test('a log that is opened again has its mentions', async () => {
          await appendMentions(log);
          await reopen();
          await expectMentions(log);
        });

        test('a log that is opened again has the rooms of its entries', async () => {
          await appendToRooms(log);
          await reopen();
          expect(placementsOf(await log.read(0, everything))).toEqual(placementsInRooms);
          await expectRooms(log);
          await expectRoomCounts(log);
        });

        test('a log that is opened again remembers ids for the rest of their window', async () => {
          await log.append(text('first', { id: 'x' }));
          await clock.advance(dedupeWindow.maxAgeMs - 1);
          await reopen();
          expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
        });

        test.each([-10, 10])(
          'a log that is opened again remembers ids although the wall clock jumped by %d days',
          async (days) => {
            await log.append(text('first', { id: 'x' }));
            clock.jump(days * 24 * 60 * 60 * 1000);
            await reopen();
            expect(await log.append(text('second', { id: 'x' }))).toEqual({ sequence: 1, duplicate: true });
          },
        );

        test('the count of later ids of an author survives opening the log again', async () => {
          await log.append(text('first', { id: 'x' }));
          const half = smallWindow.maxCount / 2;
          for (const start of [0, half]) {
            expect(await findId(log, 'ada', 'x')).toBe(1);
            await appendIds(log, 'ada', numbered(start, start + half));
            await reopen();
          }
          expect(await findId(log, 'ada', 'x')).toBeUndefined();
          expect(await findId(log, 'ada', '0')).toBe(2);
        });
      });
    }
  });
}
