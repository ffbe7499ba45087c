import { expect, test } from '@jest/globals';
import { manualClock } from '../../../../test/support/manual-clock.js';
import { dedupeWindow } from '../../room/message-log.js';
import { createStreamDedupeIndex } from './stream-tail.js';

test('an id outside its window is no duplicate, but its last sequence is still known', async () => {
  const clock = manualClock();
  const ids = createStreamDedupeIndex(clock);
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
  const ids = createStreamDedupeIndex(clock);
  ids.remember('ada', 'x', 1);
  for (let number = 0; number < dedupeWindow.maxCount; number++) ids.remember('ada', `${number}`, 2 + number);
  expect(ids.find('ada', 'x')).toBeUndefined();
  ids.remember('ada', 'x', 20_000);
  expect(ids.find('ada', 'x')).toBe(20_000);
});

test('a full index evicts the oldest ids of all authors', () => {
  const clock = manualClock();
  const ids = createStreamDedupeIndex(clock);
  for (let number = 0; number < 200_010; number++) ids.remember(`a${number % 30}`, `${number}`, number + 1);
  expect(ids.last('a0', '0')).toBe(0);
  expect(ids.last('a10', '10')).toBe(11);
});
