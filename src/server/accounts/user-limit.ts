import { afterFailure, delayAfter, failuresAt, noFailures } from './failures.js';

/** Failures a minute for one user that cost nothing. */
const freeFailures = 20;

/** Limits the attempts for one user, from addresses that did not log in as that user before. */
export type UserLimit = {
  /** Whether an attempt may be checked now. */
  isOpen(now: number): boolean;
  begin(): void;
  end(failed: boolean, now: number): void;
  /** Counts a failure of an attempt that the limit does not apply to. */
  fail(now: number): void;
  /** How long an attempt has to wait if nothing else is in progress, in milliseconds. */
  delayMs(now: number): number;
  /** True when forgetting the limit would change nothing. */
  isIdle(now: number): boolean;
};

/** A limit with twenty free failures a minute; then one attempt at a time, after a delay. */
export function createUserLimit(): UserLimit {
  let failures = noFailures;
  let openAt = 0;
  let inProgress = 0;

  const fail = (now: number): void => {
    failures = afterFailure(failures, now, freeFailures);
    openAt = now + delayAfter(failures, now);
  };
  const delayMs = (now: number): number => (delayAfter(failures, now) === 0 ? 0 : Math.max(0, openAt - now));

  return {
    isOpen(now) {
      if (delayAfter(failures, now) > 0) return inProgress === 0 && now >= openAt;
      return failuresAt(failures, now).recent.length + inProgress < freeFailures;
    },
    begin() {
      inProgress++;
    },
    end(failed, now) {
      inProgress--;
      if (failed) fail(now);
    },
    fail,
    delayMs,
    isIdle: (now) => inProgress === 0 && failuresAt(failures, now).recent.length === 0,
  };
}
