import { expect, test } from '@jest/globals';
import { message } from '../../../../test/support/session-driver.js';
import { checkSequences, descending } from './sequences.js';

const numbers = (...list: number[]) => list.map((sequence) => message(sequence));
const sequencesOf = (messages: readonly { sequence: number }[]) => messages.map(({ sequence }) => sequence);

test('a subscription rejects a sequence far beyond all others, but accepts a gap', () => {
  const check = checkSequences(5, 10);
  expect(check.last).toBe(5);
  expect(sequencesOf(check.believable(numbers(6, 2 ** 40, 7, 1_000_000, 0)))).toEqual([6, 7, 1_000_000, 0]);
  expect(check.last).toBe(1_000_000);
  expect(sequencesOf(checkSequences(0, 2 ** 40).believable(numbers(2 ** 40)))).toEqual([2 ** 40]);
});

test('repeated and misordered messages are removed from an answer that is ordered newest first', () => {
  expect(sequencesOf(descending(numbers(9, 7, 7, 8, 0, 3), 9))).toEqual([7, 3]);
  expect(sequencesOf(descending(numbers(9, 3), 0))).toEqual([9, 3]);
});
