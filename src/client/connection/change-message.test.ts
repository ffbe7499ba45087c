import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { ChatError } from '../../shared/errors.js';
import { changeMessage, type Change } from './change-message.js';
import type { Sent } from './port.js';

const edit: Change = { type: 'edit', target: 7, text: 'new' };

/** A server that answers each call with the next outcome; the last one repeats. */
function server(...outcomes: readonly (number | ChatError | 'other-log')[]) {
  const clock = manualClock();
  const ids: string[] = [];
  const stop = new AbortController();
  const answer = ({ id }: { id: string }): Promise<Sent> => {
    const outcome = outcomes[Math.min(ids.length, outcomes.length - 1)] ?? 0;
    ids.push(id);
    if (typeof outcome === 'number') return Promise.resolve({ sequence: outcome });
    if (outcome instanceof ChatError) return Promise.reject(outcome);
    connection.logId = 'other';
    return Promise.reject(new ChatError('unreachable', 'gone'));
  };
  const connection = { logId: 'log', rooms: { edit: answer, delete: answer, react: answer } };
  const settled = (change: Change): Promise<unknown> =>
    changeMessage(change, { connection, clock, signal: stop.signal }).catch((thrown: unknown) => thrown);
  return { clock, ids, stop, settled };
}

const unanswered = new ChatError('may-not-have-arrived', 'lost');

test.each([edit, { ...edit, type: 'delete' as const }, { type: 'react' as const, target: 7, emoji: ['👍'] }])(
  'a change without an answer is repeated with the same id',
  async (change) => {
    const { clock, ids, settled } = server(unanswered, new ChatError('unreachable', 'gone'), 9);
    const outcome = settled(change);
    await clock.advance(5000);
    expect(await outcome).toEqual({ sequence: 9 });
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  },
);

test('a change waits as long as a rate limit asks', async () => {
  const { clock, ids, settled } = server(new ChatError('rate-limited', 'slow', { retryAfterMs: 3000 }), 9);
  const outcome = settled(edit);
  await clock.advance(2999);
  expect(ids).toHaveLength(1);
  await clock.advance(1);
  expect(await outcome).toEqual({ sequence: 9 });
});

test('a rejected change is not repeated', async () => {
  const { ids, settled } = server(new ChatError('not-permitted', 'only its author'));
  expect(await settled(edit)).toMatchObject({ message: 'only its author' });
  expect(ids).toHaveLength(1);
});

test('a change is not repeated to a server with another log', async () => {
  const { clock, ids, settled } = server(unanswered, 'other-log');
  const outcome = settled(edit);
  await clock.advance(60_000);
  expect(await outcome).toMatchObject({ code: 'may-not-have-arrived' });
  expect(ids).toHaveLength(2);
});

test('a change that never gets an answer fails after 30 s, and says that it may have been made', async () => {
  const { clock, settled } = server(unanswered);
  const outcome = settled(edit);
  await clock.advance(30_000);
  expect(await outcome).toMatchObject({ code: 'may-not-have-arrived' });
  expect(clock.pending()).toBe(0);
});
