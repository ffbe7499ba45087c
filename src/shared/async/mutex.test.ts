import { expect, test } from '@jest/globals';
import { createMutex } from './mutex.js';

test('a mutex runs one task at a time in order, also after one that rejects', async () => {
  const exclusively = createMutex();
  const log: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    exclusively(task('a')),
    exclusively(task('b', true)),
    exclusively(task('c')),
  ]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results).toMatchObject([{ value: 'a' }, { reason: { message: 'b' } }, { value: 'c' }]);
});
