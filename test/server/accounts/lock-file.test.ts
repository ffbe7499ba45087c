import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLockFile } from '../../../src/server/accounts/lock-file.js';

const testOnLinux = process.platform === 'linux' ? test : test.skip;
const children: ChildProcess[] = [];
let directory = '';
let path = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chat-lock-'));
  path = join(directory, 'lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

const shortTimes = { staleAfterMs: 300, giveUpAfterMs: 60_000 };

/** Starts a process that acquires the lock and keeps it. */
async function startOwner(): Promise<ChildProcess> {
  const program = `
    const { withLockFile } = await import('./src/server/accounts/lock-file.ts');
    setInterval(() => undefined, 1000);
    await withLockFile(process.env.LOCK, () => {
      process.stdout.write('held');
      return new Promise(() => undefined);
    });
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: { LOCK: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe('a lock file', () => {
  test('admits one task at a time and is removed afterwards, also after a failure', async () => {
    let inside = 0;
    let maxInside = 0;
    const task = async (fails: boolean) => {
      inside++;
      maxInside = Math.max(maxInside, inside);
      await readdir(directory);
      inside--;
      if (fails) throw new Error('no');
    };
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => withLockFile(path, () => task(index % 2 === 0))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(maxInside).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([-3600, 0, 24 * 3600])(
    'is acquired by one waiting task at a time if it has no known owner and a date %i s ahead',
    async (seconds) => {
      await writeFile(path, 'left behind');
      const time = Date.now() / 1000 + seconds;
      await utimes(path, time, time);
      let inside = 0;
      let maxInside = 0;
      await Promise.all(
        Array.from({ length: 10 }, () =>
          withLockFile(
            path,
            async (lock) => {
              inside++;
              maxInside = Math.max(maxInside, inside);
              await lock.confirm();
              inside--;
            },
            shortTimes,
          ),
        ),
      );
      expect(maxInside).toBe(1);
      expect(await readdir(directory)).toEqual([]);
    },
  );

  testOnLinux('is acquired at once from a killed process', async () => {
    const child = await startOwner();
    child.kill('SIGKILL');
    await once(child, 'close');
    const never = { staleAfterMs: 3_600_000, giveUpAfterMs: 60_000 };
    expect(await withLockFile(path, () => Promise.resolve('done'), never)).toBe('done');
  });

  testOnLinux('is acquired at once from a killed process whose pid is in use again', async () => {
    const child = await startOwner();
    const [token, pid, started, scope] = (await readFile(path, 'utf8')).split(' ');
    await writeFile(path, [token, pid, Number(started) - 1, scope].join(' '));
    const never = { staleAfterMs: 3_600_000, giveUpAfterMs: 60_000 };
    expect(await withLockFile(path, () => Promise.resolve('done'), never)).toBe('done');
    child.kill('SIGKILL');
  });

  testOnLinux('is not acquired from a stopped process, which the error names', async () => {
    const child = await startOwner();
    child.kill('SIGSTOP');
    const before = await readFile(path, 'utf8');
    const waits = withLockFile(path, () => Promise.resolve(), { staleAfterMs: 100, giveUpAfterMs: 1000 });
    await expect(waits).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  testOnLinux('is acquired from a process in another container or boot only once it is stale', async () => {
    await writeFile(path, '0b6 1 1 another-boot/pid:[1]/time:[1]');
    const waits = withLockFile(path, () => Promise.resolve(), {
      staleAfterMs: 3_600_000,
      giveUpAfterMs: 500,
    });
    await expect(waits).rejects.toMatchObject({ code: 'data-directory' });
    expect(await withLockFile(path, () => Promise.resolve('done'), shortTimes)).toBe('done');
  });

  test('is not confirmed and not removed after another process has acquired it', async () => {
    const result = withLockFile(path, async (lock) => {
      await writeFile(path, 'another');
      await lock.confirm();
    });
    await expect(result).rejects.toMatchObject({ code: 'data-directory' });
    expect(await readFile(path, 'utf8')).toBe('another');
  });
});
