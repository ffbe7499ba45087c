import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeEntry, encodeUnsequenced } from '../../shared/codec.js';
import { summaryOf } from './entry-summary.js';

const names = fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 5 });

test('the summary is what the entry says', () => {
  const message = { id: 'id', timestamp: 5, type: 1, content: new Uint8Array(300) };
  fc.assert(
    fc.property(fc.string(), names, names, fc.boolean(), (from, accounts, mentioned, all) => {
      const mentions = [...mentioned.filter((name) => name !== 'all'), ...(all ? ['all'] : [])];
      const detail = { room: 3, kind: 0, mentions, mentionedAccounts: accounts };
      const entry = encodeEntry(encodeUnsequenced({ ...message, from, detail }), 7);
      expect(summaryOf(entry)).toEqual({ sender: from, mentionedAccounts: accounts, mentionsAll: all });
    }),
  );
});

test('a plain message mentions no one, and malformed bytes throw nothing', () => {
  const plain = encodeUnsequenced({ id: '', from: 'ann', timestamp: 5, type: 1, content: new Uint8Array(3) });
  const none = { mentionedAccounts: [], mentionsAll: false };
  expect(summaryOf(encodeEntry(plain, 7))).toEqual({ sender: 'ann', ...none });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void summaryOf(bytes)));
});
