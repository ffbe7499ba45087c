import type { Clock } from '../../../shared/clock.js';
import { createMutex } from '../../../shared/async/mutex.js';
import { raceTimeout } from '../../../shared/async/with-timeout.js';
import { ChatError } from '../../../shared/errors.js';
import { decodeText, encodeText } from '../../../shared/text.js';
import type { AccountStateStore, RoomStateStore } from '../../messages/message-log.js';
import { appendTimeoutMs, unwritable } from '../appender.js';
import {
  damagedState,
  formatHeader,
  joinState,
  parseHeader,
  splitState,
  type StateHeader,
} from '../room-state.js';
import { accountStateKey, del, metaKey, put, savedRoomsKey, savedRoomsRange } from './level-records.js';
import { isDamage, type OrderedStore } from './ordered-store.js';
import { diskProblem } from './probe-disk.js';

/** The state of the rooms in the database of the log. */
export type SavedRooms = RoomStateStore & {
  /** The newest sequence that the saved state contains, 0 if there is none. */
  readonly upTo: () => number;
};

type SavedRoomsOptions = {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly directory: string;
  /** The highest sequence that may have been used. */
  readonly lastUsed: () => number;
  readonly oldest: () => number;
  readonly storageProblem: () => string | undefined;
};

const partBytes = 256 * 1024;

/** One batch replaces the state. */
export function createSavedRooms(options: SavedRoomsOptions): SavedRooms {
  const { store, clock, directory, lastUsed, oldest, storageProblem } = options;
  const one = createMutex();
  let isStuck = false;

  const stored = (): StateHeader | undefined => {
    const value = store.get(metaKey('saved-rooms'));
    const header = value && parseHeader(decodeText(value));
    return header && header.upTo <= lastUsed() ? header : undefined;
  };

  const read = async (header: StateHeader): Promise<Uint8Array | undefined> => {
    const parts: Uint8Array[] = [];
    try {
      await store.scan({ ...savedRoomsRange, pagePairs: 1 }, ([, part]) => parts.push(part) < header.parts);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    return joinState(header, parts);
  };

  const write = async (upTo: number, bytes: Uint8Array): Promise<true> => {
    const before = stored();
    if (before && before.upTo > upTo) return true;
    const { header, parts } = splitState(upTo, bytes, partBytes);
    const surplus: Uint8Array[] = [];
    await store.scan(
      { ...savedRoomsRange, from: savedRoomsKey(parts.length) },
      ([key]) => surplus.push(key) > 0,
    );
    await store.write([
      ...surplus.map(del),
      ...parts.map((part, index) => put(savedRoomsKey(index), part)),
      put(metaKey('saved-rooms'), encodeText(formatHeader(header))),
    ]);
    return true;
  };

  return {
    upTo: () => stored()?.upTo ?? 0,
    async load() {
      const header = stored();
      const bytes = header && (await read(header));
      if (header && !bytes && oldest() > 1) throw damagedState('data-directory', directory);
      return bytes;
    },
    async save(upTo, bytes) {
      const problem = isStuck ? diskProblem(undefined) : storageProblem();
      if (problem !== undefined) throw unwritable(problem);
      const written = one(() => write(upTo, bytes)).catch((error: unknown) => {
        throw error instanceof ChatError ? error : unwritable(diskProblem(error), error);
      });
      if ((await raceTimeout(appendTimeoutMs, written, clock)) !== undefined) return;
      isStuck = true;
      const settled = (): void => void (isStuck = false);
      written.then(settled, settled);
      throw unwritable(diskProblem(undefined));
    },
  };
}

/** The states of accounts in the database of the log. They are not flushed: the next message does that, or the system. */
export function createAccountStates(
  store: Pick<OrderedStore, 'read' | 'write'>,
  storageProblem: () => string | undefined,
): AccountStateStore {
  const load = async (account: string): Promise<string | undefined> => {
    try {
      const stored = await store.read(accountStateKey(account));
      return stored && decodeText(stored);
    } catch (error) {
      throw unwritable(diskProblem(error), error);
    }
  };

  return {
    load,
    async save(changes) {
      const problem = storageProblem();
      if (problem !== undefined) throw unwritable(problem);
      const operations = await Promise.all(
        [...changes].map(async ([account, change]) =>
          put(accountStateKey(account), encodeText(change(await load(account)))),
        ),
      );
      try {
        await store.write(operations, 'unflushed');
      } catch (error) {
        throw unwritable(diskProblem(error), error);
      }
    },
  };
}
