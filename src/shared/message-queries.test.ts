import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeGetQuery,
  decodeHistoryQuery,
  decodeSearchQuery,
  encodeGetQuery,
  encodeHistoryQuery,
  encodeSearchQuery,
  pageSizes,
} from './message-queries.js';

const sequence = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const limit = fc.integer({ min: 1, max: pageSizes.max });

describe('queries', () => {
  test('a query decodes to itself', () => {
    const rooms = fc.array(sequence, { maxLength: 100 });
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    const from = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.record({ text, before: sequence, limit, rooms, from }), (query) => {
        expect(decodeSearchQuery(encodeSearchQuery(query))).toEqual(query);
      }),
    );
    fc.assert(
      fc.property(sequence, sequence, limit, (room, place, count) => {
        const preceding = { room, before: place, limit: count };
        expect(decodeHistoryQuery(encodeHistoryQuery(preceding))).toEqual(preceding);
        const following = { room, before: 0, limit: count, after: place };
        expect(decodeHistoryQuery(encodeHistoryQuery(following))).toEqual(following);
      }),
    );
  });

  test('requested sequences decode sorted and without duplicates', () => {
    expect(decodeGetQuery(encodeGetQuery([10, 9, 100, 9]))).toEqual([9, 10, 100]);
  });
});

describe('requests', () => {
  test('the decoded limit is at most the maximum page size', () => {
    const limitOf = (requested: number) => decodeHistoryQuery(encodeHistoryQuery({ limit: requested })).limit;
    expect([0, 1, 500, 501, 4_000_000_000].map(limitOf)).toEqual([50, 1, 500, 500, 500]);
  });

  test('an empty request decodes to the newest page of the lobby, or to no messages', () => {
    expect(decodeHistoryQuery(new Uint8Array(0))).toEqual({ room: 0, before: 0, limit: 50 });
    expect(decodeGetQuery(new Uint8Array(0))).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ['a search for nothing', () => decodeSearchQuery(encodeSearchQuery({ text: '' }))],
    [
      '101 rooms',
      () => decodeSearchQuery(encodeSearchQuery({ text: 'x', rooms: Array<number>(101).fill(0) })),
    ],
    ['101 sequences', () => decodeGetQuery(encodeGetQuery(Array<number>(101).fill(1)))],
    ['both ends of a page', () => decodeHistoryQuery(encodeHistoryQuery({ before: 5, after: 0 }))],
  ])('a request with %s throws usage', (_, decode) => {
    expect(decode).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('any bytes either decode or throw an error of the client', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        for (const decode of [decodeHistoryQuery, decodeSearchQuery, decodeGetQuery]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(message-refused|usage)$/) });
          }
        }
      }),
    );
  });
});
