import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { decodeMessages } from '../../shared/codec.js';
import { contentType, type Draft } from '../../shared/message.js';
import { defaultLimits, maxClockLeadMs } from '../../shared/message-rules.js';
import { encodeText } from '../../shared/text.js';
import { createMemoryLog } from '../logs/memory-log.js';
import { createPostMessage } from './post-message.js';

function draft(text: string, more: Partial<Draft> = {}): Draft {
  return { id: '', timestamp: 1, type: contentType.text, content: encodeText(text), ...more };
}

function openLog() {
  const clock = manualClock();
  const log = createMemoryLog({ clock });
  const times: number[] = [];
  const onAppended = (milliseconds: number): void => void times.push(milliseconds);
  const post = createPostMessage({ log, limits: defaultLimits, clock, onAppended });
  const stored = async () => (await log.read(0, Infinity)).flatMap(({ bytes }) => decodeMessages(bytes));
  return { clock, post, times, stored };
}

describe('a posted message', () => {
  test('is stored with its author', async () => {
    const { post, stored } = openLog();
    expect(await post('ann', draft('hello', { id: 'x' }))).toEqual({ sequence: 1, duplicate: false });
    expect(await stored()).toEqual([{ ...draft('hello', { id: 'x' }), from: 'ann', sequence: 1 }]);
  });

  test('keeps its time, unless the time is missing or too far ahead', async () => {
    const { clock, post, stored } = openLog();
    const now = clock.now();
    const times = [0, 1, now, now + maxClockLeadMs, now + maxClockLeadMs + 1, 2 ** 60];
    for (const timestamp of times) await post('ann', draft('x', { timestamp }));
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
    const { post, stored, times } = openLog();
    for (let tries = 0; tries < 20; tries++) {
      const posted = await post('ann', draft(`try ${tries}`, { id: 'same' }));
      expect(posted).toEqual({ sequence: 1, duplicate: tries > 0 });
    }
    expect(await stored()).toHaveLength(1);
    expect(times).toHaveLength(1);
  });

  test('is not stored if it breaks a rule', async () => {
    const { post, stored } = openLog();
    await expect(post('ann', draft(''))).rejects.toMatchObject({ code: 'message-refused' });
    expect(await stored()).toEqual([]);
  });

  test('is rejected if its idempotency key is malformed', async () => {
    const { post } = openLog();
    await expect(post('ann', draft('x', { id: 'a\u0000b' }))).rejects.toMatchObject({
      code: 'message-refused',
    });
  });
});
