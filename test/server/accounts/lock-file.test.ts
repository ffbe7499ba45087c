import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLockFile, type HeldLock } from '../../../src/server/accounts/lock-file.js';
import type { Clock } from '../../../src/shared/clock.js';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

/** A clock on which each wait takes 10 ms, however busy the machine is. */
function pollingClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    monotonicMs: () => time,
    after(_, task) {
      const timer = setImmediate(() => {
        time += 10;
        task();
      });
      return () => clearImmediate(timer);
    },
  };
}

describe('a lock file', () => {
  test('lets one in at a time and is gone afterwards, also after a failure', async () => {
    let inside = 0;
    let most = 0;
    const task = async (fails: boolean) => {
      inside++;
      most = Math.max(most, inside);
      await readdir(directory);
      inside--;
      if (fails) throw new Error('no');
    };
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => withLockFile(path, () => task(index % 2 === 0))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([
    ['long ago', -3600],
    ['just now', 0],
    ['in the future, by a clock that was ahead', 3600],
  ])(
    'of a killed process is taken over by one of several that wait 10 s, also one made %s',
    async (_, made) => {
      await writeFile(path, 'left behind');
      const time = Date.now() / 1000 + made;
      await utimes(path, time, time);
      const clock = pollingClock();
      let inside = 0;
      let most = 0;
      const enter = async (lock: HeldLock): Promise<void> => {
        expect(clock.monotonicMs()).toBeGreaterThan(10_000);
        most = Math.max(most, ++inside);
        await lock.confirm();
        inside--;
      };
      await Promise.all(Array.from({ length: 5 }, () => withLockFile(path, enter, clock)));
      expect(most).toBe(1);
      expect(await readdir(directory)).toEqual([]);
    },
  );

  test('that was taken over is no longer confirmed, and is left to its new owner', async () => {
    const result = withLockFile(path, async (lock) => {
      await writeFile(path, 'another');
      await lock.confirm();
    });
    await expect(result).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readFile(path, 'utf8')).toBe('another');
  });
});
