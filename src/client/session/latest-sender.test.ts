import { expect, test } from '@jest/globals';
import { manualClock, settled } from '../../../test/support/manual-clock.js';
import { ChatError } from '../../shared/errors.js';
import { createLatestSender } from './latest-sender.js';

/** A sender whose calls are recorded, and fail with the errors in turn. */
function sender(...errors: (ChatError | undefined)[]) {
  const clock = manualClock();
  const sent: string[] = [];
  const answers: [number, number, boolean][] = [];
  const connection = new AbortController();
  const { send: mark, ...rest } = createLatestSender<number>({
    async call(room, sequence) {
      sent.push(`${room}: ${sequence}`);
      const error = errors.shift();
      if (error) throw error;
      await settled();
    },
    signalOf: () => connection.signal,
    onAnswer: (...answer) => answers.push(answer),
    clock,
  });
  return { mark, ...rest, clock, sent, answers };
}

test('the first mark is sent immediately, and later ones of the room once a second, only the newest', async () => {
  const { mark, clock, sent } = sender();
  mark(1, 10);
  await settled();
  expect(sent).toEqual(['1: 10']);
  for (const sequence of [11, 12, 13]) mark(1, sequence);
  await clock.advance(900);
  expect(sent).toEqual(['1: 10']);
  await clock.advance(200);
  expect(sent).toEqual(['1: 10', '1: 13']);
  await clock.advance(5000);
  expect(sent).toHaveLength(2);
  expect(clock.pending()).toBe(0);
});

test('all marks arrive although the server limits their rate', async () => {
  const limited = new ChatError('rate-limited', 'slow down', { retryAfterMs: 300 });
  const { mark, clock, sent } = sender(undefined, limited, limited);
  for (const room of [1, 2, 3]) mark(room, 10);
  await clock.advance(5000);
  expect(new Set(sent)).toEqual(new Set(['1: 10', '2: 10', '3: 10']));
  expect(sent).toHaveLength(5);
});

test('a mark that the server rejects does not delay the others', async () => {
  const { mark, clock, sent, answers } = sender(new ChatError('not-permitted', 'you are not a member'));
  mark(1, 10);
  mark(2, 20);
  await clock.advance(5000);
  expect(sent).toEqual(['1: 10', '2: 20']);
  expect(answers).toEqual([
    [1, 10, true],
    [2, 20, false],
  ]);
});

test('a mark that a lost connection left over is sent on the next one', async () => {
  const { mark, resume, clock, sent } = sender(new ChatError('unreachable', 'lost'));
  mark(1, 10);
  await clock.advance(5000);
  expect(sent).toEqual(['1: 10']);
  resume();
  await clock.advance(5000);
  expect(sent).toEqual(['1: 10', '1: 10']);
});

test('a mark of another log is not sent', async () => {
  const { mark, forget, resume, clock, sent, answers } = sender(new ChatError('unreachable', 'lost'));
  mark(1, 10);
  await clock.advance(5000);
  forget();
  resume();
  await clock.advance(5000);
  expect(sent).toEqual(['1: 10']);
  expect(answers).toEqual([]);
});
