import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeHistoryQuery,
  decodeSearchQuery,
  encodeHistoryQuery,
  encodeSearchQuery,
  pageSizes,
} from './extension-codec.js';

const sequence = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const limit = fc.integer({ min: 1, max: pageSizes.max });

describe('queries', () => {
  test('a query decodes to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), sequence, limit, (text, before, count) => {
        const query = { text, before, limit: count };
        expect(decodeSearchQuery(encodeSearchQuery(query))).toEqual(query);
        expect(decodeHistoryQuery(encodeHistoryQuery(query))).toEqual({ before, limit: count });
        const following = { before: 0, limit: count, after: before };
        expect(decodeHistoryQuery(encodeHistoryQuery(following))).toEqual(following);
      }),
    );
  });
});

describe('requests', () => {
  test('the decoded limit is at most the maximum page size', () => {
    const limitOf = (requested: number) =>
      decodeHistoryQuery(encodeHistoryQuery({ before: 0, limit: requested })).limit;
    expect([0, 1, 500, 501, 4_000_000_000].map(limitOf)).toEqual([50, 1, 500, 500, 500]);
  });

  test('an empty request decodes to the newest page', () => {
    expect(decodeHistoryQuery(new Uint8Array(0))).toEqual({ before: 0, limit: 50 });
    expect(decodeSearchQuery(new Uint8Array(0))).toEqual({ text: '', before: 0, limit: 50 });
  });

  test('any bytes either decode or throw message-refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        for (const decode of [decodeHistoryQuery, decodeSearchQuery]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: 'message-refused' });
          }
        }
      }),
    );
  });
});
