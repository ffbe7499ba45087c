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
import type { Message } from './message.js';

const message: fc.Arbitrary<Message> = fc.record({
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  id: fc.string({ maxLength: 64 }),
  from: fc.string({ maxLength: 32 }),
  timestamp: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  type: fc.integer({ min: 0, max: 99 }),
  content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

const entryOf = (value: Message) => encodeEntry(encodeUnsequenced(value), value.sequence);

describe('entries', () => {
  test('an entry decodes to the message it was made of, sequence included', () => {
    fc.assert(fc.property(message, (value) => expect(decodeMessages(entryOf(value))).toEqual([value])));
  });

  test('the joined bytes of entries are the encoding of the batch that holds them all', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (values) => {
        expect(decodeMessages(Buffer.concat(values.map(entryOf)))).toEqual(values);
      }),
    );
  });
});

describe('requests', () => {
  test('a draft decodes to what was written, without author and sequence', () => {
    fc.assert(
      fc.property(message, ({ id, timestamp, type, content }) => {
        const decoded = decodeMessage(encodeDraft({ id, timestamp, type, content }));
        expect(decoded).toEqual({ id, timestamp, type, content, from: '', sequence: 0 });
      }),
    );
  });

  test('any bytes decode or are refused as a message, never anything else', () => {
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

  test('a uint64 timestamp beyond what a number holds stays larger than any clock', () => {
    const bytes = Uint8Array.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    expect(decodeMessage(bytes).timestamp).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  test('nothing at all is an empty message and an empty batch', () => {
    expect(decodeMessages(emptyMessage)).toEqual([]);
    expect(decodeMessage(emptyMessage)).toMatchObject({ type: 0, sequence: 0, from: '' });
  });
});
