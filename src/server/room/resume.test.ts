import { describe, expect, test } from '@jest/globals';
import { resolveStart } from './resume.js';

const log = { logId: 'log', head: 100, oldest: 41 };
const ask = (resumeAfter: string | undefined, logId: string | undefined = 'log') => ({ logId, resumeAfter });

describe('where a subscriber starts', () => {
  test('is the history, where it says nothing', () => {
    expect(resolveStart({ logId: undefined, resumeAfter: undefined }, log)).toEqual({ kind: 'history' });
  });

  test.each(['40', '41', '99', '100'])('is where it was, at %s', (after) => {
    expect(resolveStart(ask(after), log)).toEqual({ kind: 'resumed', after: Number(after) });
  });

  test.each([
    ['part of what follows is gone', '39'],
    ['the beginning is gone', '0'],
    ['it is past the end', '101'],
    ['it is past every number', '99999999999999999999'],
  ])('is the history anew where %s', (_, after) => {
    expect(resolveStart(ask(after), log)).toEqual({ kind: 'reset' });
  });

  test('is the history anew where it read another log', () => {
    expect(resolveStart(ask('50', 'other'), log)).toEqual({ kind: 'reset' });
  });

  test('is the end of a log that kept nothing, for whoever had read it all', () => {
    const empty = { logId: 'log', head: 7, oldest: 8 };
    expect(resolveStart(ask('7'), empty)).toEqual({ kind: 'resumed', after: 7 });
    expect(resolveStart(ask('6'), empty)).toEqual({ kind: 'reset' });
  });

  test('is the beginning of a log that never held anything, with 0', () => {
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
  ])('is nowhere with resume-after %j', (after, logId) => {
    expect(() => resolveStart({ logId, resumeAfter: after }, log)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  test('is where it was only if the message there has the digest that it names', () => {
    const resumeDigest = 'AB'.repeat(32);
    expect(resolveStart({ ...ask('50'), resumeDigest }, log)).toEqual({
      kind: 'resumed',
      after: 50,
      digest: 'ab'.repeat(32),
    });
    expect(resolveStart({ ...ask('101'), resumeDigest }, log)).toEqual({ kind: 'reset' });
    expect(resolveStart({ ...ask('50', 'other'), resumeDigest }, log)).toEqual({ kind: 'reset' });
  });

  test('is the beginning with 0, whatever digest comes with it', () => {
    const whole = { logId: 'log', head: 9, oldest: 1 };
    expect(resolveStart({ ...ask('0'), resumeDigest: 'a'.repeat(64) }, whole)).toEqual({
      kind: 'resumed',
      after: 0,
    });
  });

  test.each(['', 'abc', 'g'.repeat(64), 'a'.repeat(65)])(
    'is nowhere with resume-digest %j',
    (resumeDigest) => {
      expect(() => resolveStart({ ...ask('50'), resumeDigest }, log)).toThrow(
        expect.objectContaining({ code: 'usage' }),
      );
    },
  );

  test('is nowhere with a digest of no sequence', () => {
    const resumeDigest = 'a'.repeat(64);
    expect(() => resolveStart({ logId: undefined, resumeAfter: undefined, resumeDigest }, log)).toThrow(
      /go together/,
    );
  });

  test('is nowhere with a sequence of no log', () => {
    expect(() => resolveStart({ logId: undefined, resumeAfter: '1' }, log)).toThrow(/go together/);
  });
});
