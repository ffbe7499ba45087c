import type { Clock } from '../../../shared/clock.js';
import { readEntries, type Gap } from './entry-reader.js';
import {
  allRooms,
  commitRange,
  keyNumber,
  lastOf,
  readCommit,
  readRoomKey,
  roomPut,
} from './level-records.js';
import { mentionPuts } from './mention-records.js';
import type { KeyRange, Operation, OrderedStore } from './ordered-store.js';

type IntegrityScanOptions = {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly from: number;
  readonly to: number;
  /** The first sequence that is in the index of rooms. */
  readonly roomsStart: number;
  readonly onGap: (gap: Gap) => void;
  /** Entries were missing in the index of rooms, and are in it again. */
  readonly onRepaired: (count: number) => void;
  readonly onFailed: (error: unknown) => void;
};

type IntegrityScan = {
  /** Stops the scan; resolves when the current page has been read. */
  stop(): Promise<void>;
};

/** How many of the newest sequences are checked before the log is ready. */
const scannedAtStart = 10_000;
const commitsPerPage = 1000;
const recordsPerPage = 5000;
const repairedPerWrite = 500;
/** For a million messages these delays are at most 20 s, with an index of rooms 44 s. */
const pageDelayMs = 20;

/**
 * Reports missing sequences: LevelDB drops a damaged write silently, messages and commit record together.
 * Repairs the index of rooms. Resolves when the newest part is checked; the rest is checked in the background.
 */
export async function startIntegrityScan(options: IntegrityScanOptions): Promise<IntegrityScan> {
  const { store, clock, from, to, onFailed } = options;
  let stopped = false;
  let wake: () => void = () => undefined;

  const pause = async (): Promise<boolean> => {
    if (stopped) return false;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(pageDelayMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
    return !stopped;
  };

  const border = await commitAt(store, Math.max(from, to - scannedAtStart + 1));
  await checkCommits({ ...options, from: Math.max(from, border) }, () => Promise.resolve(true)).catch(
    onFailed,
  );
  const checkRest = async (): Promise<void> => {
    await checkCommits({ ...options, to: border - 1 }, pause);
    const indexed = { ...options, from: Math.max(from, options.roomsStart) };
    if (indexed.from <= to && (await pause())) await repairIndex(indexed, pause);
  };
  const rest = checkRest().catch(onFailed);

  return {
    async stop() {
      stopped = true;
      wake();
      await rest;
    },
  };
}

/** Checks that each commit begins where the previous one ended. */
async function checkCommits(
  { store, from, to, onGap }: Omit<IntegrityScanOptions, 'clock' | 'onFailed'>,
  mayContinue: () => Promise<boolean>,
): Promise<void> {
  let expected = from;
  let start = from;
  for (;;) {
    let left = commitsPerPage;
    await store.scan(commitRange(start, to + 1), ([key, value]) => {
      const commit = readCommit(key, value);
      if (!commit) return true;
      if (commit.first > expected) onGap({ from: expected, to: commit.first - 1 });
      expected = Math.max(expected, lastOf(commit) + 1);
      start = commit.first + 1;
      return --left > 0;
    });
    if (left > 0) break;
    if (!(await mayContinue())) return;
  }
  if (expected <= to) onGap({ from: expected, to });
}

/** Every entry from `from` on has a record of its room. */
async function repairIndex(
  { store, from, to, onGap, onRepaired }: IntegrityScanOptions,
  mayContinue: () => Promise<boolean>,
): Promise<void> {
  const isIndexed = new Uint8Array(Math.ceil((to - from + 1) / 8));
  const markAll = await eachPage(store, allRooms, recordsPerPage, mayContinue, (key) => {
    const bit = readRoomKey(key).sequence - from;
    if (bit >= 0) isIndexed[bit >>> 3] = (isIndexed[bit >>> 3] ?? 0) | (1 << (bit & 7));
  });
  if (!markAll) return;
  const missing: number[] = [];
  const all = await eachPage(store, commitRange(from, to + 1), commitsPerPage, mayContinue, (key, value) => {
    const commit = readCommit(key, value);
    if (!commit) return;
    for (let sequence = commit.first; sequence <= lastOf(commit); sequence++) {
      const bit = sequence - from;
      if (((isIndexed[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) missing.push(sequence);
    }
  });
  if (!all) return;
  let repaired = 0;
  for (let next = 0; next < missing.length; next += repairedPerWrite) {
    const operations: Operation[] = [];
    for (const sequence of missing.slice(next, next + repairedPerWrite)) {
      const only = { from: sequence, to: sequence, newestFirst: false, maxCount: 1, maxBytes: 1 };
      for (const entry of await readEntries(store, { ...only, onGap })) {
        operations.push(roomPut(entry), ...mentionPuts(entry));
        repaired++;
      }
    }
    await store.write(operations);
  }
  if (repaired > 0) onRepaired(repaired);
}

/** False if it was stopped in between. */
async function eachPage(
  store: OrderedStore,
  { from, to }: KeyRange,
  pageSize: number,
  mayContinue: () => Promise<boolean>,
  take: (key: Uint8Array, value: Uint8Array) => void,
): Promise<boolean> {
  for (let start = from; ;) {
    let left = pageSize;
    const isDone = await store.scan({ from: start, to }, ([key, value]) => {
      take(key, value);
      start = Uint8Array.of(...key, 0);
      return --left > 0;
    });
    if (isDone) return true;
    if (!(await mayContinue())) return false;
  }
}

/** The first sequence of the commit with `sequence`; in a gap, of the commit before it. */
async function commitAt(store: OrderedStore, sequence: number): Promise<number> {
  let first = sequence;
  await store.scan({ ...commitRange(0, sequence + 1), reverse: true, pageBytes: 1 }, ([key]) => {
    first = keyNumber(key);
    return false;
  });
  return first;
}

const remembered = 1000;

/** Reports each gap once. Sequences below the oldest kept are no gap. */
export function createGapReports(onGap: (gap: Gap) => void): {
  report: (gap: Gap, oldest: number) => void;
} {
  const known: Gap[] = [];
  return {
    report({ from, to }, oldest) {
      const gap = { from: Math.max(from, oldest), to };
      if (gap.from > gap.to || known.some((other) => other.from <= gap.from && gap.to <= other.to)) return;
      if (known.length < remembered) known.push(gap);
      onGap(gap);
    },
  };
}
