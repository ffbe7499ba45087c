import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** A lock that this process holds. */
export type HeldLock = {
  /** Throws where another process took the lock over, as it may where it cannot know that this one still runs. */
  confirm(): Promise<void>;
};

/** How long a process waits for a lock. */
export type LockTimes = {
  /** What is done under a lock takes milliseconds: one that did not change for this long was left behind. */
  readonly staleAfterMs: number;
  readonly giveUpAfterMs: number;
};

const defaultTimes: LockTimes = { staleAfterMs: 10_000, giveUpAfterMs: 15_000 };
const retryDelayMs = 20;
const holderForm = /^\S+ (\d{1,10}) (\d+) (\S+)$/;

/**
 * Runs `task` while no other process that uses the same lock file does. Throws `data-directory` when the lock
 * cannot be had within 15 s. The lock of a process that ended is taken over: at once where the system tells that it
 * ended, else after its file did not change for 10 s of this process's own time, whatever its date.
 */
export async function withLockFile<Result>(
  path: string,
  task: (lock: HeldLock) => Promise<Result>,
  times = defaultTimes,
): Promise<Result> {
  const own = await ownIdentity();
  const holder = [randomUUID(), ...(own ? [own.pid, own.started, own.scope] : [])].join(' ');
  await acquire(path, holder, own, times);
  try {
    return await task({
      async confirm() {
        if ((await holderOf(path)) !== holder) {
          throw new ChatError('data-directory', `${path} was taken over by another process`, {
            hint: 'Try again.',
          });
        }
      },
    });
  } finally {
    if ((await holderOf(path)) === holder) await rm(path, { force: true });
  }
}

async function acquire(
  path: string,
  holder: string,
  own: ProcessIdentity | undefined,
  { staleAfterMs, giveUpAfterMs }: LockTimes,
): Promise<void> {
  const start = performance.now();
  let seen: { readonly holder: string | undefined; readonly since: number } | undefined;
  while (!(await tryToCreate(path, holder))) {
    const now = performance.now();
    const other = await holderOf(path);
    if (seen?.holder !== other) seen = undefined;
    seen ??= { holder: other, since: now };
    const running = await isHolderRunning(other, own);
    if (now - start > giveUpAfterMs) throw lockUnavailable(path, other, running);
    const isLeftBehind = running === false || (running === undefined && now - seen.since > staleAfterMs);
    if (other !== undefined && isLeftBehind) await takeAway(path, other, holder);
    // At random, so that two who wait do not meet again and again.
    await wait(retryDelayMs * (0.5 + Math.random()));
  }
}

async function tryToCreate(path: string, holder: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(holder);
    } catch (error) {
      // On a full disk there is room for the file but not for what it says.
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves an abandoned lock away; where that caught a newer one, made since it was looked at, puts it back. */
async function takeAway(path: string, seen: string, own: string): Promise<void> {
  const aside = `${path}.${own.replace(/ .*/, '')}`;
  await rename(path, aside).catch(ignoreRace);
  if ((await holderOf(aside)) !== seen) await link(aside, path).catch(ignoreRace);
  await rm(aside, { force: true });
}

async function isHolderRunning(
  holder: string | undefined,
  own: ProcessIdentity | undefined,
): Promise<boolean | undefined> {
  const [, pid, started, scope] = holderForm.exec(holder ?? '') ?? [];
  if (pid === undefined || started === undefined || scope === undefined) return undefined;
  return isRunning({ pid: Number(pid), started, scope }, own);
}

function lockUnavailable(path: string, holder: string | undefined, running: boolean | undefined): ChatError {
  const pid = running ? holderForm.exec(holder ?? '')?.[1] : undefined;
  if (pid !== undefined) {
    return new ChatError('data-directory', `process ${pid} holds ${path}`, {
      hint: `Wait until it ends, or end it: kill ${pid}`,
    });
  }
  return new ChatError('data-directory', `another process holds ${path}`, {
    hint: 'Remove the file if no other chat program uses this directory.',
  });
}

async function holderOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    ignoreRace(error);
    return undefined;
  }
}

/** Another process may be faster at any step: then the file is gone, or already there again. */
function ignoreRace(error: unknown): void {
  if (!['ENOENT', 'EEXIST'].includes(errorCode(error))) throw error;
}
