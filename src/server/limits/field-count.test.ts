import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import { decodeMessage, encodeDraft, encodeUnsequenced } from '../../shared/codec.js';
import { checkFieldCount } from './field-count.js';

test('a message with every field passes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), fc.nat(), (content, id, timestamp) => {
      const draft = { id, timestamp, type: 2, content };
      expect(() => checkFieldCount(encodeDraft(draft))).not.toThrow();
      expect(() => checkFieldCount(encodeUnsequenced({ ...draft, from: id }))).not.toThrow();
    }),
  );
});

test('a message with more than 64 fields is rejected', () => {
  const fields = (count: number) => Buffer.alloc(2 * count, Buffer.of(0x12, 0));
  expect(() => checkFieldCount(fields(64))).not.toThrow();
  expect(() => checkFieldCount(fields(65))).toThrow(expect.objectContaining({ code: 'message-refused' }));
});

test('a group, which could nest deeply, is rejected', () => {
  expect(() => checkFieldCount(Buffer.alloc(1000, 0x0b))).toThrow(ChatError);
});

test('any bytes pass or are rejected, and a decodable message with few fields passes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      let passes = true;
      try {
        checkFieldCount(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'message-refused' });
        passes = false;
      }
      if (passes) return;
      const types = [...bytes].filter((byte) => byte % 8 === 3 || byte % 8 === 4);
      if (types.length === 0) expect(() => decodeMessage(bytes)).toThrow();
    }),
    { numRuns: 300 },
  );
});
