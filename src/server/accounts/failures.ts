/** The failed attempts of one address, or for one user, as far as they still matter. */
export type Failures = {
  /** When the newest ones happened, in monotonic milliseconds, oldest first; at most as many as are free. */
  readonly recent: readonly number[];
  /** How many there were since attempts have to wait; 0 while they do not. */
  readonly strikes: number;
};

/** Nothing happened yet, or nothing for a minute. */
export const noFailures: Failures = { recent: [], strikes: 0 };

const window = 60_000;
const firstDelay = 1000;
const longestDelay = 30_000;

/** What of `failures` still counts: nothing, once a whole minute passed without one. */
export function failuresAt(failures: Failures, now: number): Failures {
  const last = failures.recent.at(-1);
  if (last === undefined || !isRecent(last, now)) return noFailures;
  return { ...failures, recent: failures.recent.filter((time) => isRecent(time, now)) };
}

/** One more failure; after `free` of them within a minute, attempts have to wait. */
export function afterFailure(failures: Failures, now: number, free: number): Failures {
  const { recent, strikes } = failuresAt(failures, now);
  const newest = [...recent, now].slice(-free);
  const waits = strikes > 0 || newest.length >= free;
  return { recent: newest, strikes: waits ? strikes + 1 : 0 };
}

/** How long the next attempt waits before it is checked: not at all, or 1 s, doubling to 30 s. */
export function delayAfter(failures: Failures, now: number): number {
  const { strikes } = failuresAt(failures, now);
  return strikes === 0 ? 0 : Math.min(longestDelay, firstDelay * 2 ** (strikes - 1));
}

function isRecent(time: number, now: number): boolean {
  return now - time < window;
}
