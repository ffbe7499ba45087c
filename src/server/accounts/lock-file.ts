import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { systemClock, type Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';

/** A lock that this process holds. */
export type HeldLock = {
  /** Throws where another took the lock over, as it may after `staleAfter`. */
  confirm(): Promise<void>;
};

/**
 * What is done under the lock takes milliseconds: one that somebody who waits sees for this long was left behind by a killed
 * process. Its file's time says nothing, since the wall clock may have jumped.
 */
const staleAfter = 10_000;
const giveUpAfter = 15_000;
const retryEvery = 20;

/**
 * Runs `task` while no other process that uses the same lock file does. Throws `data-directory` when the lock
 * cannot be had within 15 s. A lock left behind by a killed process is taken over after 10 s of waiting.
 */
export async function withLockFile<Result>(
  path: string,
  task: (lock: HeldLock) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const token = randomUUID();
  await acquire(path, token, clock);
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

async function acquire(path: string, token: string, clock: Clock): Promise<void> {
  const start = clock.monotonicMs();
  // At random, so that one takes a stale lock over before the others try.
  const patience = staleAfter * (1 + Math.random() / 5);
  let seen: { readonly owner: string | undefined; readonly since: number } | undefined;
  while (!(await tryToCreate(path, token))) {
    const now = clock.monotonicMs();
    if (now - start > giveUpAfter) {
      throw new ChatError('data-directory', `another process holds ${path}`, {
        hint: 'remove the file if no other chat program runs',
      });
    }
    const owner = await ownerOf(path);
    if (!seen || owner !== seen.owner) seen = { owner, since: now };
    else if (owner !== undefined && now - seen.since > patience) await takeAway(path, token, owner);
    // At random, so that two who wait do not meet again and again.
    const pause = retryEvery * (0.5 + Math.random());
    await new Promise<void>((resolve) => void clock.after(pause, resolve));
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
async function takeAway(path: string, token: string, stale: string): Promise<void> {
  const aside = `${path}.${token}`;
  await rename(path, aside).catch(ignoreMissing);
  if ((await ownerOf(aside)) !== stale) await link(aside, path).catch(ignoreMissing);
  await rm(aside, { force: true });
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
