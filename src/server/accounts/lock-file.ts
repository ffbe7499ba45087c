import { randomUUID } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ChatError } from '../../shared/errors.js';
import { errorCode } from '../../shared/error-code.js';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';

type HeldLock = {
  /** Throws if another process took the lock over, which can happen if it could not see that this one runs. */
  confirm(): Promise<void>;
};

type LockTimes = {
  /** Work under the lock takes milliseconds: a file unchanged for this long was abandoned. */
  readonly staleAfterMs: number;
  readonly giveUpAfterMs: number;
};

const defaultTimes: LockTimes = { staleAfterMs: 10_000, giveUpAfterMs: 15_000 };
const retryDelayMs = 20;
const holderForm = /^\S+ (\d{1,10}) (\d+) (\S+)$/;

/** Takes over the lock of a process that has ended or, if that is unknown, one unchanged for 10 s. Fails after 15 s. */
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
  times: LockTimes,
): Promise<void> {
  const { staleAfterMs, giveUpAfterMs } = times;
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
    if (other !== undefined && isLeftBehind) await removeAbandoned(path, other, times);
    // Random, so that two waiting processes do not collide again and again.
    await wait(retryDelayMs * (0.5 + Math.random()));
  }
}

async function tryToCreate(path: string, holder: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(holder);
    } catch (error) {
      // A full disk may have room for the file but not for its content.
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

/** Under a lock of its own, because another waiting process may have replaced the abandoned lock meanwhile. */
async function removeAbandoned(path: string, seen: string, times: LockTimes): Promise<void> {
  const removal = async () => {
    if ((await holderOf(path)) === seen) await rm(path, { force: true });
  };
  await withLockFile(`${path}.removal`, removal, times);
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
    // Its holder may have removed it in between.
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
