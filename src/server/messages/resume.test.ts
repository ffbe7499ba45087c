import { describe, expect, test } from '@jest/globals';
import { resolveStart } from './resume.js';

const log = { logId: 'log', head: 100, oldest: 41 };
const ask = (resumeAfter: string | undefined, logId: string | undefined = 'log') => ({ logId, resumeAfter });

describe('resolveStart', () => {
  test('a request without a cursor starts with the history', () => {
    expect(resolveStart({ logId: undefined, resumeAfter: undefined }, log)).toEqual({ kind: 'history' });
  });

  test.each(['40', '41', '99', '100'])('a cursor within the log resumes, at %s', (after) => {
    expect(resolveStart(ask(after), log)).toEqual({ kind: 'resumed', after: Number(after) });
  });

  test.each([
    ['entries after it are gone', '39'],
    ['the first entries are gone', '0'],
    ['it is past the end', '101'],
    ['it is past every sequence', '99999999999999999999'],
  ])('a cursor is reset if %s', (_, after) => {
    expect(resolveStart(ask(after), log)).toEqual({ kind: 'reset' });
  });

  test('a cursor of another log is reset', () => {
    expect(resolveStart(ask('50', 'other'), log)).toEqual({ kind: 'reset' });
  });

  test('a cursor at the end of a log whose entries are all gone resumes', () => {
    const empty = { logId: 'log', head: 7, oldest: 8 };
    expect(resolveStart(ask('7'), empty)).toEqual({ kind: 'resumed', after: 7 });
    expect(resolveStart(ask('6'), empty)).toEqual({ kind: 'reset' });
  });

  test('cursor 0 of a new log resumes', () => {
    expect(resolveStart(ask('0'), { logId: 'log', head: 0, oldest: 1 })).toEqual({
      kind: 'resumed',
      after: 0,
    });
  });

  test.each([
    ['', 'log'],
    ['-1', 'log'],
    ['1.5', 'log'],
    ['0x10', 'log'],
    ['1, 2', 'log'],
    ['100000000000000000000', 'log'],
    [undefined, 'log'],
  ])('resume-after %j is rejected', (after, logId) => {
    expect(() => resolveStart({ logId, resumeAfter: after }, log)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  test('a cursor with a digest resumes only if the message has that digest', () => {
    const resumeDigest = 'AB'.repeat(32);
    expect(resolveStart({ ...ask('50'), resumeDigest }, log)).toEqual({
      kind: 'resumed',
      after: 50,
      digest: 'ab'.repeat(32),
    });
    expect(resolveStart({ ...ask('101'), resumeDigest }, log)).toEqual({ kind: 'reset' });
    expect(resolveStart({ ...ask('50', 'other'), resumeDigest }, log)).toEqual({ kind: 'reset' });
  });

  test('cursor 0 resumes with any digest', () => {
    const whole = { logId: 'log', head: 9, oldest: 1 };
    expect(resolveStart({ ...ask('0'), resumeDigest: 'a'.repeat(64) }, whole)).toEqual({
      kind: 'resumed',
      after: 0,
    });
  });

  test.each(['', 'abc', 'g'.repeat(64), 'a'.repeat(65)])('resume-digest %j is rejected', (resumeDigest) => {
    expect(() => resolveStart({ ...ask('50'), resumeDigest }, log)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  test('a digest without a sequence is rejected', () => {
    const resumeDigest = 'a'.repeat(64);
    expect(() => resolveStart({ logId: undefined, resumeAfter: undefined, resumeDigest }, log)).toThrow(
      /go together/,
    );
  });

  test('a sequence without a log id is rejected', () => {
    expect(() => resolveStart({ logId: undefined, resumeAfter: '1' }, log)).toThrow(/go together/);
  });
});
