import { describe, expect, test } from '@jest/globals';
import { allPages, closestName } from './find-room.js';

describe('closestName', () => {
  test.each([
    ['osp', 'ops'],
    ['op', 'ops'],
    ['deploymnet', 'deployments'],
    ['x', undefined],
    ['random', undefined],
  ])('suggests for %s: %s', (name, closest) => {
    expect(closestName(name, ['lobby', 'ops', 'deployments'])).toBe(closest);
  });
});

test('a page that repeats itself ends the pages', async () => {
  const pages: (readonly number[])[] = [];
  const read = () => Promise.resolve({ items: [1], next: 'same' });
  for await (const items of allPages(read)) pages.push(items);
  expect(pages).toEqual([[1], [1]]);
});
