import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';

/** A lock that this process holds. */
export type HeldLock = {
  /** Throws where another took the lock over, as it may after `staleAfter`. */
  confirm(): Promise<void>;
};

/** What is done under the lock takes milliseconds: one this old was left behind by a killed process. */
const staleAfter = 10_000;
const giveUpAfter = 15_000;
const retryEvery = 20;

/**
 * Runs `task` while no other process that uses the same lock file does. Throws `data-directory` when the lock
 * cannot be had within 15 s. A lock left behind by a killed process is taken over after 10 s.
 */
export async function withLockFile<Result>(
  path: string,
  task: (lock: HeldLock) => Promise<Result>,
): Promise<Result> {
  const token = randomUUID();
  await acquire(path, token);
  try {
    return await task({
      async confirm() {
        if ((await ownerOf(path)) !== token) throw new ChatError('data-directory', `${path} was taken over`);
      },
    });
  } finally {
    if ((await ownerOf(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string): Promise<void> {
  const start = performance.now();
  while (!(await tryToCreate(path, token))) {
    if (performance.now() - start > giveUpAfter) {
      throw new ChatError('data-directory', `another process holds ${path}`, {
        hint: 'remove the file if no other chat program runs',
      });
    }
    await takeAwayIfStale(path, token);
    // At random, so that two who wait do not meet again and again.
    await wait(retryEvery * (0.5 + Math.random()));
  }
}

async function tryToCreate(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock away; where that caught a newer one, made since it was looked at, puts it back. */
async function takeAwayIfStale(path: string, token: string): Promise<void> {
  const seen = await ownerOf(path);
  if (seen === undefined || !(await isStale(path))) return;
  const aside = `${path}.${token}`;
  await rename(path, aside).catch(ignoreMissing);
  if ((await ownerOf(aside)) !== seen) await link(aside, path).catch(ignoreMissing);
  await rm(aside, { force: true });
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleAfter;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

/** Another process may be faster at any step: then the file is gone, or already there again. */
function ignoreMissing(error: unknown): void {
  if (!['ENOENT', 'EEXIST'].includes(errorCode(error))) throw error;
}
