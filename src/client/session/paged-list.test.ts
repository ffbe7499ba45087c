import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PagedList } from './paged-list.js';

const change = fc.oneof(
  fc.record({ type: fc.constant('append' as const), items: fc.array(fc.integer(), { maxLength: 700 }) }),
  fc.record({ type: fc.constant('prepend' as const), items: fc.array(fc.integer(), { maxLength: 700 }) }),
  fc.record({ type: fc.constant('drop' as const), count: fc.nat(600) }),
);

describe('a paged list', () => {
  test('contains the same items as an array after the same changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(2000), fc.nat(2000), (changes, start, end) => {
        let list = PagedList.of<number>();
        let array: number[] = [];
        for (const step of changes) {
          if (step.type === 'append') [list, array] = [list.append(step.items), [...array, ...step.items]];
          if (step.type === 'prepend') [list, array] = [list.prepend(step.items), [...step.items, ...array]];
          if (step.type === 'drop') [list, array] = [list.drop(step.count), array.slice(step.count)];
        }
        expect([...list]).toEqual(array);
        expect(list.length).toBe(array.length);
        expect(list.slice(start, end)).toEqual(array.slice(start, end));
        for (const index of [0, start, end, -1, -start - 1, array.length]) {
          expect(list.at(index)).toBe(array.at(index));
        }
      }),
    );
  });

  test('does not change earlier versions', () => {
    const before = PagedList.of([1, 2, 3]);
    before.append([4]);
    before.prepend([0]);
    before.drop(2);
    expect([...before]).toEqual([1, 2, 3]);
  });
});
