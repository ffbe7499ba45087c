import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessages, encodeEntry, encodeUnsequenced, encodeUpTo } from './codec.js';
import type { Detail, Message, Placement } from './message.js';
import type { ReadList } from './read-entries.js';
import { readMessages } from './read-messages.js';
import { encodeText } from './text.js';

const maxMessages = 1000;

function drain<Value>(reading: Generator<undefined, Value, void>): { result: Value; slices: number } {
  for (let slices = 1; ; slices++) {
    const step = reading.next();
    if (step.done) return { result: step.value, slices };
  }
}

const read = (bytes: Uint8Array, max = maxMessages): ReadList<Message> =>
  drain(readMessages(bytes, max)).result;

const placement = fc.record({
  room: fc.integer({ min: 0, max: 2 ** 48 }),
  kind: fc.integer({ min: 0, max: 5 }),
});
const mentions = fc.array(fc.string({ maxLength: 32 }), { minLength: 1, maxLength: 50 });
const plainMessage = fc.record({
  sequence: fc.integer({ min: 1, max: 2 ** 48 }),
  id: fc.string({ maxLength: 64 }),
  from: fc.string({ unit: 'grapheme', maxLength: 10 }),
  timestamp: fc.integer({ min: 0, max: 8.64e15 }),
  type: fc.integer({ min: 0, max: 99 }),
  content: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
});
const withMentions = ([placed, names]: [Placement, string[]]): Detail => ({ ...placed, mentions: names });
const wholeMessage: fc.Arbitrary<Message> = fc.oneof(
  plainMessage,
  fc
    .tuple(plainMessage, fc.oneof(placement, fc.tuple(placement, mentions).map(withMentions)))
    .map(([message, detail]) => ({ ...message, detail })),
);

const entryOf = (message: Message): Uint8Array => encodeEntry(encodeUnsequenced(message), message.sequence);

/** These bytes with the framing of an entry. */
const framed = (...bytes: number[]): Uint8Array => Uint8Array.from([0x0a, bytes.length, ...bytes]);

const good = (sequence: number): Uint8Array =>
  entryOf({ sequence, id: '', from: 'ann', timestamp: 1, type: 1, content: encodeText('hello') });

const fromField = (...bytes: number[]): number[] => [0x22, bytes.length, ...bytes];

describe('batches', () => {
  test('a well-formed batch reads as the strict decoder reads it', () => {
    fc.assert(
      fc.property(fc.array(wholeMessage, { maxLength: 8 }), (messages) => {
        const bytes = Buffer.concat(messages.map(entryOf));
        const strict = decodeMessages(bytes).map((message) => ({
          ...message,
          content: new Uint8Array(message.content),
        }));
        const { values, unreadable, isCutShort } = read(bytes);
        expect(values.map((message) => ({ ...message, content: new Uint8Array(message.content) }))).toEqual(
          strict,
        );
        expect({ unreadable, isCutShort }).toEqual({ unreadable: 0, isCutShort: false });
      }),
    );
  });

  test('reading any bytes never throws, and the work is proportional to their length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(drain(readMessages(bytes, maxMessages)).slices).toBeLessThan(5);
      }),
    );
  });

  test('the messages around an entry of any bytes are read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (junk) => {
        const { values, isCutShort } = read(Buffer.concat([good(1), framed(...junk), good(3)]));
        expect(isCutShort).toBe(false);
        expect(values.at(0)).toMatchObject({ sequence: 1, from: 'ann' });
        expect(values.at(-1)).toMatchObject({ sequence: 3, from: 'ann' });
      }),
    );
  });

  test.each<[string, number[]]>([
    ['a field cut off', [0x22, 5, 0x61]],
    ['field number 0', [0x02, 1, 0x61]],
    ['an unterminated group', [0x0b, 0x08, 1]],
    ['nested groups', [...Array<number>(50).fill(0x0b), ...Array<number>(50).fill(0x0c)]],
    ['the end of a group that never began', [0x0c]],
    ['wire type 7', [0x0f]],
    ['a varint of 11 bytes', [0x08, ...Array<number>(10).fill(0x80), 1]],
    ['a negative length', [0x12, ...Array<number>(9).fill(0xff), 1]],
    ['sequence 2^53', [0x28, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['sequence 2^64 - 1', [0x28, ...Array<number>(9).fill(0xff), 1]],
    ['a broken detail', [0x3a, 2, 0x08, 0x80]],
    ['no bytes', []],
  ])('an entry with %s is left out and counted', (_, junk) => {
    const { values, unreadable } = read(Buffer.concat([good(1), framed(...junk), good(3)]));
    expect(values.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(unreadable).toBe(1);
  });

  test.each<[string, number[], string]>([
    ['bytes that are not UTF-8', [0x61, 0xff, 0x62], 'a\ufffdb'],
    ['an overlong encoding', [0xc0, 0xaf], '\ufffd\ufffd'],
    ['CESU-8', [0xed, 0xa0, 0xbd], '\ufffd\ufffd\ufffd'],
    ['a character cut off', [0x61, 0xe2, 0x82], 'a\ufffd'],
  ])('a name with %s contains the replacement character', (_, name, shown) => {
    const { values, unreadable } = read(framed(...fromField(...name), 0x28, 7));
    expect(values).toMatchObject([{ from: shown, sequence: 7 }]);
    expect(unreadable).toBe(0);
  });

  test('a batch with malformed framing gives the messages before it and isCutShort', () => {
    for (const tail of [[0x0a, 50, 1], [0x02], [0x0a, ...Array<number>(9).fill(0xff), 1], [0x80]]) {
      const { values, unreadable, isCutShort } = read(Buffer.concat([good(1), good(2), Buffer.from(tail)]));
      expect(values.map(({ sequence }) => sequence)).toEqual([1, 2]);
      expect({ unreadable, isCutShort }).toEqual({ unreadable: 1, isCutShort: true });
    }
  });

  test('a batch with an unknown field is read without it', () => {
    const { values, unreadable } = read(Buffer.concat([good(1), Buffer.from([0x12, 2, 1, 1]), good(2)]));
    expect(values).toHaveLength(2);
    expect(unreadable).toBe(0);
  });

  test('a batch of too many messages gives the last ones', () => {
    const { values, unreadable } = read(Buffer.concat([1, 2, 3, 4, 5].map(good)), 2);
    expect(values.map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(unreadable).toBe(3);
  });

  test('a batch of millions of empty messages is read in small slices and little memory', () => {
    const bytes = Buffer.alloc(8_000_000, Uint8Array.from([0x0a, 0]));
    const before = process.memoryUsage().heapUsed;
    const { result, slices } = drain(readMessages(bytes, maxMessages));
    expect(result).toEqual({ values: [], unreadable: 4_000_000, isCutShort: false, upTo: 0 });
    expect(slices).toBeGreaterThan(900);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000);
  });
});

describe('messages', () => {
  test('names, ids and times of a message are bounded', () => {
    const message = { sequence: 1, timestamp: 2 ** 60, type: 1, content: encodeText('hello') };
    const { values } = read(entryOf({ ...message, from: 'x'.repeat(1000), id: 'y'.repeat(1000) }));
    expect(values).toMatchObject([
      { from: `${'x'.repeat(256)}…`, id: `${'y'.repeat(64)}…`, timestamp: 8.64e15 },
    ]);
    expect(new Date(values[0]?.timestamp ?? NaN).getTime()).not.toBeNaN();
  });

  test('a message larger than gRPC accepts is left out', () => {
    const content = new Uint8Array(5 * 1024 * 1024);
    const huge = entryOf({ sequence: 2, id: '', from: 'ann', timestamp: 1, type: 1, content });
    const { values, unreadable } = read(Buffer.concat([good(1), huge, good(3)]));
    expect(values.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(unreadable).toBe(1);
  });

  test('a message does not keep the rest of its batch in memory', () => {
    const { values } = read(Buffer.concat([good(1), good(2), good(3)]));
    for (const { content } of values) expect(content.buffer.byteLength).toBe(content.length);
  });

  test('of a detail the room and the kind are read, and what is unknown is ignored', () => {
    const { values } = read(framed(0x28, 3, 0x3a, 8, 0x08, 7, 0x10, 4, 0x3a, 2, 0x08, 1));
    expect(values).toMatchObject([{ sequence: 3, detail: { room: 7, kind: 4 } }]);
  });

  test('of a detail the reply and the changes are read, with overlong names cut', () => {
    const message = { id: '', from: 'ann', timestamp: 1, type: 0, content: new Uint8Array(0) };
    const change = { what: 1, name: 'x'.repeat(300), topic: 'y'.repeat(2000), type: 1, past: 1, members: [] };
    const memberChange = { what: 8, name: 'z'.repeat(300), account: 'a1', until: 2 ** 60, role: 1 };
    const details = [
      { room: 7, kind: 0, replyTo: 5 },
      { room: 7, kind: 4, roomChange: change },
      { room: 7, kind: 5, memberChange },
    ];
    const { values } = read(
      Buffer.concat(details.map((detail, index) => entryOf({ ...message, sequence: index + 1, detail }))),
    );
    expect(values.map(({ detail }) => detail)).toEqual([
      details[0],
      {
        ...details[1],
        roomChange: { ...change, name: `${'x'.repeat(256)}…`, topic: `${'y'.repeat(1024)}…` },
      },
      { ...details[2], memberChange: { ...memberChange, name: `${'z'.repeat(256)}…`, until: 8.64e15 } },
    ]);
  });

  test('a batch with a cursor is read, also one without messages', () => {
    expect(read(encodeUpTo(7))).toEqual({ values: [], unreadable: 0, isCutShort: false, upTo: 7 });
    expect(read(Buffer.concat([good(1), encodeUpTo(2 ** 40)])).values).toMatchObject([{ sequence: 1 }]);
  });

  test('the last of repeated fields counts, and fields of another type are ignored', () => {
    const { values } = read(framed(...fromField(0x61), ...fromField(0x62), 0x20, 9, 0x28, 3));
    expect(values).toMatchObject([{ from: 'b', sequence: 3 }]);
  });
});
