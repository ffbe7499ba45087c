import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeMessage,
  decodeMessages,
  emptyMessage,
  encodeDraft,
  encodeEntry,
  encodeUnsequenced,
} from './codec.js';
import { ChatError } from './errors.js';
import {
  memberChange,
  messageKind,
  past,
  roomChange,
  roomRole,
  roomType,
  type Detail,
  type Message,
} from './message.js';

const message: fc.Arbitrary<Message> = fc.record({
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  id: fc.string({ maxLength: 64 }),
  from: fc.string({ maxLength: 32 }),
  timestamp: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  type: fc.integer({ min: 0, max: 99 }),
  content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

const integer = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const participant = { account: fc.string({ maxLength: 26 }), name: fc.string({ maxLength: 32 }) };

const detail: fc.Arbitrary<Detail> = fc.record(
  {
    room: integer,
    kind: fc.constantFrom(...Object.values(messageKind)),
    account: fc.string({ minLength: 1, maxLength: 26 }),
    replyTo: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    roomChange: fc.record({
      what: fc.constantFrom(...Object.values(roomChange)),
      name: fc.string(),
      topic: fc.string(),
      type: fc.constantFrom(...Object.values(roomType)),
      past: fc.constantFrom(...Object.values(past)),
      members: fc.array(fc.record(participant), { maxLength: 8 }),
    }),
    memberChange: fc.record({
      ...participant,
      what: fc.constantFrom(...Object.values(memberChange)),
      until: integer,
      role: fc.constantFrom(...Object.values(roomRole)),
    }),
  },
  { requiredKeys: ['room', 'kind'] },
);

const entryOf = (value: Message) => encodeEntry(encodeUnsequenced(value), value.sequence);

describe('entries', () => {
  test('an entry decodes to its message, sequence included', () => {
    fc.assert(fc.property(message, (value) => expect(decodeMessages(entryOf(value))).toEqual([value])));
  });

  test('an entry of another room or kind decodes to its message, with its detail', () => {
    fc.assert(
      fc.property(message, detail, (value, own) => {
        expect(decodeMessages(entryOf({ ...value, detail: own }))).toEqual([{ ...value, detail: own }]);
      }),
    );
  });

  test('a plain message of the lobby has the bytes that it had before there were rooms', () => {
    const plain = { sequence: 300, id: 'x', from: 'ann', timestamp: 1, type: 1, content: Buffer.from('hi') };
    expect(Buffer.from(entryOf(plain)).toString('hex')).toBe(
      '0a13' + '0801' + '12026869' + '1801' + '2203616e6e' + '320178' + '28ac02',
    );
  });

  test('the joined bytes of entries decode to a batch of all their messages', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (values) => {
        expect(decodeMessages(Buffer.concat(values.map(entryOf)))).toEqual(values);
      }),
    );
  });
});

describe('requests', () => {
  test('a draft decodes to itself, without author and sequence', () => {
    fc.assert(
      fc.property(message, ({ id, timestamp, type, content }) => {
        const decoded = decodeMessage(encodeDraft({ id, timestamp, type, content }));
        expect(decoded).toEqual({ id, timestamp, type, content, from: '', sequence: 0 });
      }),
    );
  });

  test('any bytes either decode or throw message-refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const decode of [decodeMessage, decodeMessages]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ChatError);
            expect(error).toMatchObject({ code: 'message-refused' });
          }
        }
      }),
    );
  });

  test('a uint64 timestamp above 2^53 decodes to a number above 2^53', () => {
    const bytes = Uint8Array.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    expect(decodeMessage(bytes).timestamp).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  test('no bytes decode to an empty message and an empty batch', () => {
    expect(decodeMessages(emptyMessage)).toEqual([]);
    expect(decodeMessage(emptyMessage)).toMatchObject({ type: 0, sequence: 0, from: '' });
  });
});
