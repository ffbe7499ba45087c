import type { Clock } from '../../shared/clock.js';
import { encodePresenceUpdate } from '../../shared/presence-update.js';
import { delay } from '../../shared/async/delay.js';
import { onAbort } from '../../shared/async/on-abort.js';
import type { Presence } from './presence.js';
import type { StorageStatus } from './storage-status.js';

type PresenceUpdates = {
  /** Yields the encoded list at once, then what has changed, until it throws the signal's reason. */
  follow(signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

/** What a listener has received; the list by identity, since an unchanged list is the same array. */
type Version = { readonly names: readonly string[]; readonly problem: string | undefined };

type Update = { readonly bytes: Uint8Array; readonly nameCount: number };

const minIntervalMs = 1000;
/** Listeners are updated at multiples of this, so that most of them get the same update. */
const alignmentMs = 250;
/** Long lists that change all the time, as after a restart, have few versions to compare. */
const versionMsPerName = 0.05;
/** To all listeners together: with many of them and long lists, each gets fewer updates. */
const maxNamesPerSecond = 1_000_000;

/** Encodes an update once for all listeners that have received the same. */
export function createPresenceUpdates(
  presence: Presence,
  storageStatus: Pick<StorageStatus, 'get' | 'changed'>,
  clock: Clock,
): PresenceUpdates {
  let listeners = 0;
  let current: Version = { names: [], problem: undefined };
  let currentSinceMs = -Infinity;
  /** The updates to `current`, by what the listener has. */
  let updates = new Map<Version | undefined, Update>();

  const newest = (): Version => {
    const nowMs = clock.monotonicMs();
    const minAgeMs = Math.min(minIntervalMs, current.names.length * versionMsPerName);
    if (nowMs - currentSinceMs < minAgeMs) return current;
    const [names, problem] = [presence.names(), storageStatus.get()];
    if (current.names !== names || current.problem !== problem) {
      current = { names, problem };
      currentSinceMs = nowMs;
      updates = new Map();
    }
    return current;
  };

  const updateTo = (version: Version, seen: Version | undefined): Update => {
    const known = updates.get(seen);
    if (known) return known;
    const { names, problem: storageProblem } = version;
    const { online, offline } = seen ? changes(seen.names, names) : { online: names, offline: [] };
    const bytes = encodePresenceUpdate({ first: seen === undefined, online, offline, storageProblem });
    const update = { bytes, nameCount: online.length + offline.length };
    updates.set(seen, update);
    return update;
  };

  return {
    async *follow(signal) {
      listeners++;
      try {
        for (let seen: Version | undefined; ;) {
          const version = newest();
          const { bytes, nameCount } = updateTo(version, seen);
          if (nameCount > 0 || version.problem !== seen?.problem || !seen) yield bytes;
          seen = version;
          const intervalMs = Math.max(minIntervalMs, (1000 * listeners * nameCount) / maxNamesPerSecond);
          const nowMs = clock.monotonicMs();
          const nextMs = Math.ceil((nowMs + intervalMs) / alignmentMs) * alignmentMs;
          await delay(nextMs - nowMs, clock, signal);
          await either(
            signal,
            (ended) => presence.changed(version.names, ended),
            (ended) => storageStatus.changed(version.problem, ended),
          );
        }
      } finally {
        listeners--;
      }
    },
  };
}

/** The difference between two sorted lists without duplicates. */
function changes(before: readonly string[], after: readonly string[]) {
  const [online, offline]: [string[], string[]] = [[], []];
  for (let old = 0, current = 0; ;) {
    const [left, joined] = [before[old], after[current]];
    if (left === undefined && joined === undefined) return { online, offline };
    if (left === joined) {
      old++;
      current++;
    } else if (joined === undefined || (left !== undefined && left < joined)) {
      if (left !== undefined) offline.push(left);
      old++;
    } else {
      online.push(joined);
      current++;
    }
  }
}

/** Resolves with the first of two waits, and ends the other one. */
async function either(
  signal: AbortSignal,
  ...waits: readonly ((ended: AbortSignal) => Promise<void>)[]
): Promise<void> {
  const ending = new AbortController();
  const unsubscribe = onAbort(signal, () => ending.abort(signal.reason));
  try {
    await Promise.race(waits.map((wait) => wait(ending.signal)));
  } finally {
    unsubscribe();
    ending.abort();
  }
}
