import { copyFile, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openLevelStore } from './level-store.js';
import type { OrderedStore } from './ordered-store.js';

/** Tables, which LevelDB never changes; the rest of a database is small. */
const table = /\.(ldb|sst)$/;
const copied = /^(CURRENT|MANIFEST-\d+|\d+\.log)$/;

/** A store that is only read, and the directory with LevelDB's own log file of it. */
export type ReadOnlyStore = { readonly store: OrderedStore; readonly directory: string };

/**
 * LevelDB writes when it opens, so it gets a copy on another disk, with links to the tables, which `close` removes.
 * Writes reject with `reason`. Rejects if no other disk has space.
 */
export async function openReadOnlyStore(
  directory: string,
  reason: unknown,
  places: readonly string[] = [tmpdir(), '/dev/shm'],
): Promise<ReadOnlyStore> {
  let failure = reason;
  for (const place of places) {
    try {
      return await openIn(place, directory, reason);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function openIn(place: string, directory: string, reason: unknown): Promise<ReadOnlyStore> {
  const copy = await mkdtemp(join(place, 'chat-read-only-'));
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    for (const name of await readdir(directory)) {
      if (table.test(name)) await symlink(resolve(directory, name), join(copy, name));
      else if (copied.test(name)) await copyFile(join(directory, name), join(copy, name));
    }
    const store = await openLevelStore(copy);
    return { store: readOnly(store, reason, remove), directory: copy };
  } catch (error) {
    await remove();
    throw error;
  }
}

function readOnly(store: OrderedStore, reason: unknown, remove: () => Promise<void>): OrderedStore {
  return {
    ...store,
    write: () => Promise.reject(reason instanceof Error ? reason : new Error('the disk takes no writes')),
    compact: () => Promise.resolve(),
    async close() {
      await store.close();
      await remove();
    },
  };
}
