import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { findStart, selectRange, type HistoryRange } from './history-range.js';

/** Messages from `oldest` to `head`, the time of each its sequence times ten, every third of them written by `me`. */
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

describe('the beginning of an range', () => {
  test.each<[string, Partial<HistoryRange>, number]>([
    ['everything that is kept', {}, 10],
    ['after a sequence that is kept', { after: 42 }, 42],
    ['after a sequence that is gone', { after: 3 }, 10],
    ['after a sequence that is still to come', { after: 1000 }, 100],
    ['the newest messages', { count: 20 }, 80],
    ['more than there are', { count: 1000 }, 10],
    ['nothing', { count: 0 }, 100],
    ['the newest of some', { count: 2, isCounted: ({ from }) => from === 'me' }, 95],
    ['from a time on', { since: 505 }, 50],
    ['from a time before the first', { since: 1 }, 10],
    ['from a time after the last', { since: 5000 }, 100],
    ['the newest since a time', { since: 505, count: 10 }, 90],
  ])('%s', async (_, range, start) => {
    expect(await startOf(log(11, 100), 100, range)).toBe(start);
  });

  test('is found wherever the oldest message is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200), fc.nat(200), async (gone, kept) => {
        expect(await startOf(log(gone + 1, gone + kept), gone + kept, {})).toBe(gone);
      }),
    );
  });

  test('waits where the server asks for patience', async () => {
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

describe('the tail of a history at hand', () => {
  const history = log(1, 9).map((message) => ({ message: { ...message, sequence: 0 }, replay: true }));
  const times = (range: Partial<HistoryRange>) =>
    selectRange(history, { isCounted: () => true, ...range }).map(({ message }) => message.timestamp);

  test('by count, by time, and both', () => {
    expect(times({ count: 2 })).toEqual([80, 90]);
    expect(times({ count: 0 })).toEqual([]);
    expect(times({ count: 99 })).toHaveLength(9);
    expect(times({ since: 75 })).toEqual([80, 90]);
    expect(times({ since: 75, count: 1 })).toEqual([90]);
  });

  test('counts only what counts', () => {
    expect(times({ count: 1, isCounted: ({ from }) => from === 'other' })).toEqual([80, 90]);
  });

  test('has no sequences to begin after', () => {
    expect(() => times({ after: 3 })).toThrow(/no sequence/);
  });
});
