import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChatError } from '../../shared/errors.js';
import { exposureOf, volumeGroup, type FileAccess } from '../../shared/file-exposure.js';
import { fileFailure, fileRemedy } from '../../shared/file-failure.js';
import { errorCode } from '../../shared/error-code.js';
import { withoutMark } from '../../shared/byte-order-mark.js';
import { replaceFile } from '../files/replace-file.js';
import { emptySnapshot, requireUndamaged, type AccountsSnapshot } from './accounts-snapshot.js';
import { formatSnapshot, parseSnapshot } from './account-format.js';
import type { AccountStore } from './account-store.js';
import { withLockFile } from './lock-file.js';
import { watchFile } from './watch-file.js';

// Room for about 100,000 accounts.
const maxFileBytes = 16 * 1024 * 1024;

/** Keeps `accounts.json`, replaced as a whole under a lock file, so `chat users` works while a server runs. */
export function accountFile(directory: string): AccountStore {
  const path = join(directory, 'accounts.json');
  let turn: Promise<unknown> = Promise.resolve();

  const read = async () => (await readText(path)).snapshot;

  async function update(change: (snapshot: AccountsSnapshot) => AccountsSnapshot): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await withLockFile(`${path}.lock`, async (lock) => {
      const before = await read();
      requireUndamaged(before);
      const after = change(before);
      if (after !== before) await replaceFile(path, formatSnapshot(after), () => lock.confirm());
    });
  }

  return {
    read,
    update(change) {
      // Writers in this process queue here; the lock file is for other processes.
      const result = turn.then(() => withFileErrors(path, () => update(change)));
      turn = result.catch(() => undefined);
      return result;
    },
    watch: (changed, broken) =>
      watchFile(path, {
        async changed() {
          const { snapshot, exists } = await readText(path);
          // No change removes the file: it was moved away, or the disk is gone.
          if (!exists) throw new ChatError('data-directory', `${path} is gone`);
          changed(snapshot);
        },
        broken,
      }),
    missing: () =>
      new ChatError('data-directory', `users were added here, but ${path} is gone or was emptied`, {
        hint: `Put it back from a backup, or add the users again: chat users add NAME --data ${directory}`,
      }),
  };
}

async function readText(path: string): Promise<{ snapshot: AccountsSnapshot; exists: boolean }> {
  return withFileErrors(path, async () => {
    const file = await open(path, 'r').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return { snapshot: emptySnapshot, exists: false };
    try {
      const status = await file.stat();
      await refuseExposed(path, status);
      if (status.size > maxFileBytes) throw new Error(`it has more than ${maxFileBytes} bytes`);
      return { snapshot: parseSnapshot(withoutMark(await file.readFile('utf8'))), exists: true };
    } finally {
      await file.close();
    }
  });
}

async function refuseExposed(path: string, access: FileAccess): Promise<void> {
  const trustedGroup = volumeGroup(await stat(dirname(path)));
  const exposure = exposureOf(path, access, { trustedGroup });
  if (exposure) throw new ChatError('data-directory', exposure.message, { hint: exposure.hint });
}

async function withFileErrors<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    if (errorCode(error) === 'ENOTDIR') {
      throw new ChatError('data-directory', `${dirname(path)} is not a directory`, {
        hint: 'Choose one with --data.',
        cause: error,
      });
    }
    throw new ChatError('data-directory', `cannot use ${path}: ${fileFailure(error)}`, {
      hint: fileRemedy(error) ?? 'Repair it, or put a backup in its place.',
      cause: error,
    });
  }
}
