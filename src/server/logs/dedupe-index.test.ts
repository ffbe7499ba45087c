import { expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { dedupeWindow } from '../messages/message-log.js';
import { createDedupeIndex } from './dedupe-index.js';

test('an id outside its window is no duplicate, but its last sequence is still known', async () => {
  const clock = manualClock();
  const ids = createDedupeIndex(clock);
  ids.remember('ada', 'x', 5);
  expect(ids.find('ada', 'x')).toBe(5);
  expect(ids.find('bob', 'x')).toBeUndefined();
  await clock.advance(dedupeWindow.maxAgeMs);
  expect(ids.find('ada', 'x')).toBeUndefined();
  expect(ids.last('ada', 'x')).toBe(5);
  expect(ids.last('ada', 'y')).toBe(0);
});

test('an id that is used again gets a new window', () => {
  const clock = manualClock();
  const ids = createDedupeIndex(clock);
  ids.remember('ada', 'x', 1);
  for (let number = 0; number < dedupeWindow.maxCount; number++) ids.remember('ada', `${number}`, 2 + number);
  expect(ids.find('ada', 'x')).toBeUndefined();
  ids.remember('ada', 'x', 20_000);
  expect(ids.find('ada', 'x')).toBe(20_000);
});

test('a full index evicts the oldest ids of all authors', () => {
  const clock = manualClock();
  const ids = createDedupeIndex(clock);
  for (let number = 0; number < 200_010; number++) ids.remember(`a${number % 30}`, `${number}`, number + 1);
  expect(ids.last('a0', '0')).toBe(0);
  expect(ids.last('a10', '10')).toBe(11);
});

test('the dedupe index by default remembers 10,000 ids of an author for 24 hours', async () => {
  const clock = manualClock();
  const ids = createDedupeIndex(clock);
  const remember = (from: number, to: number): void => {
    for (let sequence = from; sequence <= to; sequence++) ids.remember('ada', String(sequence), sequence);
  };
  remember(1, 10_000);
  expect(ids.find('ada', '1')).toBe(1);
  remember(10_001, 10_001);
  expect([ids.find('ada', '1'), ids.find('ada', '2')]).toEqual([undefined, 2]);
  await clock.advance(24 * 60 * 60 * 1000 - 1);
  expect(ids.find('ada', '2')).toBe(2);
  await clock.advance(1);
  expect(ids.find('ada', '2')).toBeUndefined();
});
