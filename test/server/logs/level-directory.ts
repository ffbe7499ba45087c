import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import type { Gap } from '../../../src/server/logs/level/entry-reader.js';
import {
  openLevelLog,
  type LevelLog,
  type LevelLogOptions,
  type LevelLogReports,
} from '../../../src/server/logs/level/level-log.js';
import { createLevelReader } from '../../../src/server/logs/level/level-reader.js';
import { openLevelStore } from '../../../src/server/logs/level/level-store.js';
import type { OrderedStore } from '../../../src/server/logs/level/ordered-store.js';
import { createRoomIndex } from '../../../src/server/logs/level/room-index.js';
import { createLogTail } from '../../../src/server/logs/log-tail.js';
import { manualClock, type ManualClock } from '../../support/manual-clock.js';

const ignore = (): void => undefined;

export const silentReports: LevelLogReports = {
  onGap: ignore,
  onRenewed: ignore,
  onReadOnly: ignore,
  onUnwritable: ignore,
  onWritable: ignore,
  onUpkeepFailed: ignore,
  onClockDoubted: ignore,
  onClockBelieved: ignore,
};

/** A new directory and clock for each test of a file. What a test opens is closed after it. */
export function levelDirectory() {
  let base = '';
  let clock: ManualClock = manualClock();
  const closers: (() => Promise<void>)[] = [];
  const directory = (): string => join(base, 'log');

  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0)) await close();
  };

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'chat-level-'));
    clock = manualClock();
  });

  afterEach(async () => {
    await closeAll();
    await rm(base, { recursive: true });
  });

  const open = async (options: Partial<LevelLogOptions> = {}): Promise<LevelLog> => {
    const log = await openLevelLog({ directory: directory(), clock, reports: silentReports, ...options });
    closers.push(() => log.close());
    return log;
  };

  const openStore = async (): Promise<OrderedStore> => {
    const store = await openLevelStore(directory());
    closers.push(() => store.close());
    return store;
  };

  return {
    get directory() {
      return directory();
    },
    get clock() {
      return clock;
    },
    open,
    openStore,
    closeAll,
  };
}

/** Reads a store with nothing in memory. */
export function readerOf(store: OrderedStore, head: number, onGap: (gap: Gap) => void = ignore) {
  const tail = createLogTail({ head, oldest: 1, newest: [] });
  return createLevelReader({ store, tail, rooms: createRoomIndex(store, onGap) });
}
