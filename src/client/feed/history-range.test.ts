import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { findStart, selectRange, type HistoryRange } from './history-range.js';

/** Messages from `oldest` to `head`. The time is the sequence times ten; every third is from `me`. */
const log = (oldest: number, head: number): Message[] =>
  Array.from({ length: Math.max(0, head - oldest + 1) }, (_, index) => ({
    sequence: oldest + index,
    id: '',
    from: (oldest + index) % 3 === 0 ? 'me' : 'other',
    timestamp: (oldest + index) * 10,
    type: 1,
    content: new Uint8Array(),
  }));

function startOf(messages: readonly Message[], head: number, range: Partial<HistoryRange>): Promise<number> {
  return findStart({
    connection: {
      history: (before, limit) =>
        Promise.resolve(
          messages
            .filter(({ sequence }) => before === 0 || sequence < before)
            .toReversed()
            .slice(0, Math.min(limit, 7)),
        ),
    },
    head,
    range: { isCounted: () => true, ...range },
    clock: systemClock,
    signal: new AbortController().signal,
  });
}

describe('the start of a history range', () => {
  test.each<[string, Partial<HistoryRange>, number]>([
    ['the whole log', {}, 10],
    ['after an existing sequence', { after: 42 }, 42],
    ['after a removed sequence', { after: 3 }, 10],
    ['after a future sequence', { after: 1000 }, 100],
    ['the newest messages', { count: 20 }, 80],
    ['more messages than exist', { count: 1000 }, 10],
    ['no messages', { count: 0 }, 100],
    ['the newest counted messages', { count: 2, isCounted: ({ from }) => from === 'me' }, 95],
    ['since a time', { since: 505 }, 50],
    ['since a time before the first', { since: 1 }, 10],
    ['since a time after the last', { since: 5000 }, 100],
    ['the newest since a time', { since: 505, count: 10 }, 90],
  ])('%s', async (_, range, start) => {
    expect(await startOf(log(11, 100), 100, range)).toBe(start);
  });

  test('is found for every oldest sequence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200), fc.nat(200), async (gone, kept) => {
        expect(await startOf(log(gone + 1, gone + kept), gone + kept, {})).toBe(gone);
      }),
    );
  });

  test('waits while the server answers rate-limited', async () => {
    let asked = 0;
    const start = await findStart({
      connection: {
        history: () =>
          ++asked === 1
            ? Promise.reject(new ChatError('rate-limited', 'slow down', { retryAfterMs: 1 }))
            : Promise.resolve(log(1, 3).reverse()),
      },
      head: 3,
      range: { count: 1, isCounted: () => true },
      clock: systemClock,
      signal: new AbortController().signal,
    });
    expect(start).toBe(2);
  });
});

describe('a range of a loaded history', () => {
  const history = log(1, 9).map((message) => ({ message: { ...message, sequence: 0 }, replay: true }));
  const times = (range: Partial<HistoryRange>) =>
    selectRange(history, { isCounted: () => true, ...range }).map(({ message }) => message.timestamp);

  test('is selected by count, by time, and by both', () => {
    expect(times({ count: 2 })).toEqual([80, 90]);
    expect(times({ count: 0 })).toEqual([]);
    expect(times({ count: 99 })).toHaveLength(9);
    expect(times({ since: 75 })).toEqual([80, 90]);
    expect(times({ since: 75, count: 1 })).toEqual([90]);
  });

  test('counts only counted messages', () => {
    expect(times({ count: 1, isCounted: ({ from }) => from === 'other' })).toEqual([80, 90]);
  });

  test('cannot begin after a sequence', () => {
    expect(() => times({ after: 3 })).toThrow(/no sequence/);
  });
});
