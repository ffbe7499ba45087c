import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shuffle } from './shuffle.js';

const chance = () => fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a shuffle keeps every item once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.infiniteStream(chance()), (items, chances) => {
      const shuffled = shuffle(items, () => Number(chances.next().value));
      expect(shuffled.toSorted()).toEqual(items.toSorted());
    }),
  );
});

test('each item comes first for an equal part of the chances', () => {
  const firsts = [0.1, 0.4, 0.9].map((value) => shuffle(['a', 'b', 'c'], () => value)[0]);
  expect(firsts).toEqual(['a', 'b', 'c']);
});
