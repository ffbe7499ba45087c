import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  commitPut,
  entryKey,
  idAuthor,
  idKey,
  idPut,
  keyNumber,
  readCommit,
  readDedupeRecord,
  type Commit,
} from './level-records.js';
import type { Operation } from './ordered-store.js';

const number = fc.nat(Number.MAX_SAFE_INTEGER);
const valueOf = (operation: Operation): Uint8Array =>
  operation.type === 'put' ? operation.value : new Uint8Array(0);

test('the byte order of entry keys is the order of their sequences', () => {
  fc.assert(
    fc.property(number, number, (one, other) => {
      expect(Math.sign(Buffer.compare(entryKey(one), entryKey(other)))).toBe(Math.sign(one - other));
      expect(keyNumber(entryKey(one))).toBe(one);
    }),
  );
});

test('commits and ids are read back as they were stored, even from the middle of a larger buffer', () => {
  fc.assert(
    fc.property(number, number, number, number, (first, count, time, totalBytes) => {
      const commit: Commit = { first, count, time, totalBytes };
      const put = commitPut(commit);
      const moved = Buffer.concat([Buffer.from('xyz'), valueOf(put)]).subarray(3);
      expect(readCommit(put.key, moved)).toEqual(commit);
      const stored = { sequence: first, time, ordinal: count };
      expect(readDedupeRecord(valueOf(idPut('ada', 'id', stored)))).toEqual(stored);
    }),
  );
});

test('a value of another length is read as damaged', () => {
  expect(readCommit(entryKey(1), new Uint8Array(23))).toBeUndefined();
  expect(readDedupeRecord(new Uint8Array(25))).toBeUndefined();
});

test('the author is read from the key of an id', () => {
  expect(idAuthor(idKey('Ada Löve', 'x~!'))).toBe('Ada Löve');
  expect(idAuthor(Uint8Array.of(0x69, 0xff))).toBe('');
});
