import { expect, test } from '@jest/globals';
import { emptyHistory, recall, remember } from './composer.js';

const sent = remember(remember(emptyHistory, 'one'), 'two');

test('Up recalls sent drafts, and Down returns to the unsent draft', () => {
  const two = recall(sent, -1, 'draft');
  expect(two?.text).toBe('two');
  const one = two && recall(two.history, -1, two.text);
  expect(one?.text).toBe('one');
  expect(one && recall(one.history, -1, one.text)).toBeUndefined();
  const back = one && recall(one.history, 1, one.text);
  expect(back?.text).toBe('two');
  expect(back && recall(back.history, 1, back.text)?.text).toBe('draft');
});

test('Down does nothing in the unsent draft', () => {
  expect(recall(sent, 1, 'draft')).toBeUndefined();
});

test('a draft that is sent twice in a row is in the history once', () => {
  expect(remember(sent, 'two').entries).toEqual(['one', 'two']);
});
