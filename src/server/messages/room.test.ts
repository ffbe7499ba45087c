import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { decodeMessages, encodeUnsequenced } from '../../shared/codec.js';
import { contentType, type Draft } from '../../shared/message.js';
import { messageDigest } from '../../shared/message-digest.js';
import { defaultLimits, maxClockLeadMs } from '../../shared/message-rules.js';
import { encodeText } from '../../shared/text.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createRoom, maxHistoryBytes } from './room.js';

function draft(text: string, more: Partial<Draft> = {}): Draft {
  return { id: '', timestamp: 1, type: contentType.text, content: encodeText(text), ...more };
}

function openRoom({ maxHistoryMessages = 200 } = {}) {
  const clock = manualClock();
  const log = createMemoryLog({ clock });
  const times: number[] = [];
  const room = createRoom({
    log,
    limits: { ...defaultLimits, maxTextBytes: 4_000_000 },
    maxHistoryMessages,
    clock,
    onAppended: (milliseconds) => times.push(milliseconds),
  });
  const stored = async () => (await log.read(0, Infinity)).flatMap(({ bytes }) => decodeMessages(bytes));
  return { clock, log, room, times, stored };
}

const fresh = { logId: undefined, resumeAfter: undefined };

describe('a posted message', () => {
  test('is stored with its author', async () => {
    const { room, stored } = openRoom();
    expect(await room.post('ann', draft('hello', { id: 'x' }))).toEqual({ sequence: 1, duplicate: false });
    expect(await stored()).toEqual([{ ...draft('hello', { id: 'x' }), from: 'ann', sequence: 1 }]);
  });

  test('keeps its time, unless the time is missing or too far ahead', async () => {
    const { clock, room, stored } = openRoom();
    const now = clock.now();
    const times = [0, 1, now, now + maxClockLeadMs, now + maxClockLeadMs + 1, 2 ** 60];
    for (const timestamp of times) await room.post('ann', draft('x', { timestamp }));
    expect((await stored()).map(({ timestamp }) => timestamp)).toEqual([
      now,
      1,
      now,
      now + maxClockLeadMs,
      now,
      now,
    ]);
  });

  test('is stored once per idempotency key', async () => {
    const { room, stored, times } = openRoom();
    for (let tries = 0; tries < 20; tries++) {
      const posted = await room.post('ann', draft(`try ${tries}`, { id: 'same' }));
      expect(posted).toEqual({ sequence: 1, duplicate: tries > 0 });
    }
    expect(await stored()).toHaveLength(1);
    expect(times).toHaveLength(1);
  });

  test('is not stored if it breaks a rule', async () => {
    const { room, stored } = openRoom();
    await expect(room.post('ann', draft(''))).rejects.toMatchObject({ code: 'message-refused' });
    expect(await stored()).toEqual([]);
  });

  test('is rejected if its idempotency key is malformed', async () => {
    const { room } = openRoom();
    await expect(room.post('ann', draft('x', { id: 'a\u0000b' }))).rejects.toMatchObject({
      code: 'message-refused',
    });
  });
});

describe('a subscriber', () => {
  test('starts before the newest messages of the history', async () => {
    const { room } = openRoom({ maxHistoryMessages: 3 });
    expect(await room.start(fresh)).toEqual({ kind: 'history', after: 0 });
    for (let number = 0; number < 5; number++) await room.post('ann', draft('x'));
    expect(await room.start(fresh)).toEqual({ kind: 'history', after: 2 });
    await room.post('ann', draft('x'));
    expect(await room.start(fresh)).toEqual({ kind: 'history', after: 3 });
  });

  test('starts at the end if there is no history', async () => {
    const { room } = openRoom({ maxHistoryMessages: 0 });
    await room.post('ann', draft('x'));
    expect(await room.start(fresh)).toEqual({ kind: 'history', after: 1 });
  });

  test('misses no message that is posted to an empty room during its start', async () => {
    const { room } = openRoom();
    const start = room.start(fresh);
    await room.post('ann', draft('the first'));
    expect(await start).toMatchObject({ after: 0 });
  });

  test('gets no more history than its bytes allow', async () => {
    const { room, log } = openRoom();
    for (let number = 0; number < 5; number++) await room.post('ann', draft('x'.repeat(3_000_000)));
    const { after } = await room.start(fresh);
    const entries = await log.read(after, Infinity);
    expect(entries.map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(entries.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(maxHistoryBytes);
  });

  test('resumes at its cursor', async () => {
    const { room, log } = openRoom({ maxHistoryMessages: 1 });
    for (let number = 0; number < 5; number++) await room.post('ann', draft('x'));
    expect(await room.start({ logId: log.logId, resumeAfter: '2' })).toEqual({ kind: 'resumed', after: 2 });
    expect(await room.start({ logId: 'other', resumeAfter: '2' })).toEqual({ kind: 'reset', after: 4 });
  });

  test('resumes only with the digest of the message at its cursor', async () => {
    const { room, log, stored } = openRoom({ maxHistoryMessages: 1 });
    for (const text of ['one', 'two', 'three']) await room.post('ann', draft(text));
    const [one, two] = (await stored()).map(messageDigest);
    const ask = (resumeDigest: string | undefined) =>
      room.start({ logId: log.logId, resumeAfter: '2', resumeDigest });
    expect(await ask(two)).toEqual({ kind: 'resumed', after: 2 });
    expect(await ask(one)).toEqual({ kind: 'reset', after: 2 });
    expect(await ask(undefined)).toEqual({ kind: 'resumed', after: 2 });
  });

  test('gets the digest of the newest message', async () => {
    const { room, stored } = openRoom();
    expect(await room.newest()).toEqual({ head: 0, digest: undefined });
    await room.post('ann', draft('one'));
    const [one] = (await stored()).map(messageDigest);
    expect(await room.newest()).toEqual({ head: 1, digest: one });
  });

  test('starts and resumes in the lobby, whatever other rooms contain', async () => {
    const { room, log } = openRoom({ maxHistoryMessages: 2 });
    for (const text of ['one', 'two', 'three']) await room.post('ann', draft(text));
    const secret = { ...draft('secret'), from: 'bob', sequence: 4, detail: { room: 2, kind: 0 } };
    const message = () => encodeUnsequenced(secret);
    for (let count = 0; count < 5; count++)
      await log.append({ message, author: 'bob', id: '', room: 2, kind: 0 });
    expect(await room.start(fresh)).toEqual({ kind: 'history', after: 1 });
    expect((await room.newest()).head).toBe(3);
    // Not even the right digest confirms a message of another room.
    const resume = { logId: log.logId, resumeAfter: '4', resumeDigest: messageDigest(secret) };
    expect(await room.start(resume)).toMatchObject({ kind: 'reset' });
  });

  test('shares one read of the history with all that start at the same time', async () => {
    const { room, log } = openRoom();
    await room.post('ann', draft('x'));
    let reads = 0;
    const counted = {
      ...log,
      readBefore: (...from: Parameters<typeof log.readBefore>) => (reads++, log.readBefore(...from)),
    };
    const clock = manualClock();
    const crowded = createRoom({
      log: counted,
      limits: defaultLimits,
      maxHistoryMessages: 10,
      clock,
      onAppended: () => undefined,
    });
    await Promise.all(Array.from({ length: 100 }, () => crowded.start(fresh)));
    expect(reads).toBe(1);
  });
});
