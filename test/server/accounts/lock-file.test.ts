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

const soon = { staleAfterMs: 300, giveUpAfterMs: 10_000 };

/** A process that takes the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
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

  test.each([-3600, 0, 24 * 3600])(
    'that nobody is known to hold is taken over, by one of several that wait, with a date %i s ahead',
    async (seconds) => {
      await writeFile(path, 'left behind');
      const time = Date.now() / 1000 + seconds;
      await utimes(path, time, time);
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({ length: 10 }, () =>
          withLockFile(
            path,
            async (lock) => {
              inside++;
              most = Math.max(most, inside);
              await lock.confirm();
              inside--;
            },
            soon,
          ),
        ),
      );
      expect(most).toBe(1);
      expect(await readdir(directory)).toEqual([]);
    },
  );

  testOnLinux('of a killed process is taken over at once', async () => {
    const child = await holder();
    child.kill('SIGKILL');
    await once(child, 'close');
    const never = { staleAfterMs: 3_600_000, giveUpAfterMs: 10_000 };
    expect(await withLockFile(path, () => Promise.resolve('done'), never)).toBe('done');
  });

  testOnLinux('of another process that got the pid of a killed one is taken over at once', async () => {
    const child = await holder();
    const [token, pid, started, scope] = (await readFile(path, 'utf8')).split(' ');
    await writeFile(path, [token, pid, Number(started) - 1, scope].join(' '));
    const never = { staleAfterMs: 3_600_000, giveUpAfterMs: 10_000 };
    expect(await withLockFile(path, () => Promise.resolve('done'), never)).toBe('done');
    child.kill('SIGKILL');
  });

  testOnLinux('of a process that is only stopped stays its own, and the refusal names it', async () => {
    const child = await holder();
    child.kill('SIGSTOP');
    const before = await readFile(path, 'utf8');
    const waits = withLockFile(path, () => Promise.resolve(), { staleAfterMs: 100, giveUpAfterMs: 1000 });
    await expect(waits).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  testOnLinux(
    'of a process in another container or boot is taken over only after it did not change',
    async () => {
      await writeFile(path, '0b6 1 1 another-boot/pid:[1]/time:[1]');
      const waits = withLockFile(path, () => Promise.resolve(), {
        staleAfterMs: 3_600_000,
        giveUpAfterMs: 500,
      });
      await expect(waits).rejects.toMatchObject({ code: 'data-directory' });
      expect(await withLockFile(path, () => Promise.resolve('done'), soon)).toBe('done');
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
