import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { decodeMessages, encodeUnsequenced } from '../../shared/codec.js';
import { contentType, type Draft } from '../../shared/message.js';
import { messageDigest } from '../../shared/message-digest.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { encodeText } from '../../shared/text.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createPostMessage } from './post-message.js';
import { createStreamStarts, maxHistoryBytes, resolveStart } from './stream-start.js';

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

function draft(text: string): Draft {
  return { id: '', timestamp: 1, type: contentType.text, content: encodeText(text) };
}

function openLobby({ maxHistoryMessages = 200 } = {}) {
  const clock = manualClock();
  const log = createMemoryLog({ clock });
  const limits = { ...defaultLimits, maxTextBytes: 4_000_000 };
  const post = createPostMessage({ log, limits, clock, onAppended: () => undefined });
  const starts = createStreamStarts(log, maxHistoryMessages);
  const stored = async () => (await log.read(0, Infinity)).flatMap(({ bytes }) => decodeMessages(bytes));
  return { log, post, starts, stored };
}

const fresh = { logId: undefined, resumeAfter: undefined };

describe('a subscriber', () => {
  test('starts before the newest messages of the history', async () => {
    const { starts, post } = openLobby({ maxHistoryMessages: 3 });
    expect(await starts.start(fresh)).toEqual({ kind: 'history', after: 0 });
    for (let number = 0; number < 5; number++) await post('ann', draft('x'));
    expect(await starts.start(fresh)).toEqual({ kind: 'history', after: 2 });
    await post('ann', draft('x'));
    expect(await starts.start(fresh)).toEqual({ kind: 'history', after: 3 });
  });

  test('starts at the end if there is no history', async () => {
    const { starts, post } = openLobby({ maxHistoryMessages: 0 });
    await post('ann', draft('x'));
    expect(await starts.start(fresh)).toEqual({ kind: 'history', after: 1 });
  });

  test('misses no message that is posted to an empty lobby during its start', async () => {
    const { starts, post } = openLobby();
    const start = starts.start(fresh);
    await post('ann', draft('the first'));
    expect(await start).toMatchObject({ after: 0 });
  });

  test('gets no more history than its bytes allow', async () => {
    const { starts, post, log } = openLobby();
    for (let number = 0; number < 5; number++) await post('ann', draft('x'.repeat(3_000_000)));
    const { after } = await starts.start(fresh);
    const entries = await log.read(after, Infinity);
    expect(entries.map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(entries.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(maxHistoryBytes);
  });

  test('resumes at its cursor', async () => {
    const { starts, post, log } = openLobby({ maxHistoryMessages: 1 });
    for (let number = 0; number < 5; number++) await post('ann', draft('x'));
    expect(await starts.start({ logId: log.logId, resumeAfter: '2' })).toEqual({ kind: 'resumed', after: 2 });
    expect(await starts.start({ logId: 'other', resumeAfter: '2' })).toEqual({ kind: 'reset', after: 4 });
  });

  test('resumes only with the digest of the message at its cursor', async () => {
    const { starts, post, log, stored } = openLobby({ maxHistoryMessages: 1 });
    for (const text of ['one', 'two', 'three']) await post('ann', draft(text));
    const [one, two] = (await stored()).map(messageDigest);
    const ask = (resumeDigest: string | undefined) =>
      starts.start({ logId: log.logId, resumeAfter: '2', resumeDigest });
    expect(await ask(two)).toEqual({ kind: 'resumed', after: 2 });
    expect(await ask(one)).toEqual({ kind: 'reset', after: 2 });
    expect(await ask(undefined)).toEqual({ kind: 'resumed', after: 2 });
  });

  test('gets the digest of the newest message', async () => {
    const { starts, post, stored } = openLobby();
    expect(await starts.newest()).toEqual({ head: 0, digest: undefined });
    await post('ann', draft('one'));
    const [one] = (await stored()).map(messageDigest);
    expect(await starts.newest()).toEqual({ head: 1, digest: one });
  });

  test('starts and resumes in the lobby, whatever other rooms contain', async () => {
    const { starts, post, log } = openLobby({ maxHistoryMessages: 2 });
    for (const text of ['one', 'two', 'three']) await post('ann', draft(text));
    const secret = { ...draft('secret'), from: 'bob', sequence: 4, detail: { room: 2, kind: 0 } };
    const message = () => encodeUnsequenced(secret);
    for (let count = 0; count < 5; count++)
      await log.append({ message, author: 'bob', id: '', room: 2, kind: 0 });
    expect(await starts.start(fresh)).toEqual({ kind: 'history', after: 1 });
    expect((await starts.newest()).head).toBe(3);
    // Not even the right digest confirms a message of another room.
    const resume = { logId: log.logId, resumeAfter: '4', resumeDigest: messageDigest(secret) };
    expect(await starts.start(resume)).toMatchObject({ kind: 'reset' });
  });

  test('shares one read of the history with all that start at the same time', async () => {
    const { post, log } = openLobby();
    await post('ann', draft('x'));
    let reads = 0;
    const counted = {
      ...log,
      readBefore: (...from: Parameters<typeof log.readBefore>) => (reads++, log.readBefore(...from)),
    };
    const crowded = createStreamStarts(counted, 10);
    await Promise.all(Array.from({ length: 100 }, () => crowded.start(fresh)));
    expect(reads).toBe(1);
  });
});
