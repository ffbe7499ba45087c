import type { Clock } from '../../../shared/clock.js';
import type { Gap } from './entry-reader.js';
import { commitRange, keyNumber, lastOf, readCommit } from './level-records.js';
import type { OrderedStore } from './ordered-store.js';

type IntegrityScanOptions = {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly from: number;
  readonly to: number;
  readonly onGap: (gap: Gap) => void;
  readonly onFailed: (error: unknown) => void;
};

type IntegrityScan = {
  /** Stops the scan; resolves when the current page has been read. */
  stop(): Promise<void>;
};

/** How many of the newest sequences are checked before the log is ready. */
const scannedAtStart = 10_000;
const commitsPerPage = 1000;
/** At this pace a million messages take at most 20 s. */
const pageDelayMs = 20;

/**
 * Reports missing sequences: LevelDB drops a damaged write silently, messages and commit record together.
 * Resolves when the newest part is checked; the rest is checked in the background.
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
  const rest = checkCommits({ ...options, to: border - 1 }, pause).catch(onFailed);

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
