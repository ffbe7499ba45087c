import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLockFile } from '../../../src/server/accounts/lock-file.js';

let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

async function age(file: string, seconds: number): Promise<void> {
  const time = Date.now() / 1000 - seconds;
  await utimes(file, time, time);
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

  test('of a killed process is taken over, by one of several that wait', async () => {
    await writeFile(path, 'left behind');
    await age(path, 11);
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        withLockFile(path, async (lock) => {
          inside++;
          most = Math.max(most, inside);
          await lock.confirm();
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test('that was taken over is no longer confirmed, and is left to its new owner', async () => {
    const result = withLockFile(path, async (lock) => {
      await writeFile(path, 'another');
      await lock.confirm();
    });
    await expect(result).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readFile(path, 'utf8')).toBe('another');
  });
});
