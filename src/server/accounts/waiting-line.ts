import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { afterFailure, delayAfter, failuresAt, noFailures } from './failures.js';

/** How many attempts wait in one line while it is slowed; the next one is refused unchecked. */
const maxWaiting = 16;

/** The attempts of one address, or for one user, one after the other once too many failed. */
export type WaitingLine = {
  /** Resolves when the attempt may be checked; then `leave` must follow. Rejects with `rate-limited`. */
  enter(): Promise<void>;
  /** Says how a checked attempt ended. */
  leave(failed: boolean): void;
  /** Counts a failure of an attempt that did not have to enter. */
  fail(): void;
  /** True when forgetting the line would change nothing. */
  isIdle(): boolean;
  /** Refuses all who wait. */
  close(error: ChatError): void;
};

type Waiter = { start: () => void; refuse: (error: ChatError) => void };

/**
 * A line in which `free` failures a minute cost nothing. Attempts under way count as failures to come, so many
 * at once gain nothing; attempts that succeed hold nobody up.
 */
export function createWaitingLine(clock: Clock, free: number): WaitingLine {
  const waiting: Waiter[] = [];
  let failures = noFailures;
  let underWay = 0;
  let cancelTimer: (() => void) | undefined;

  function startNext(): void {
    const next = waiting.shift();
    if (!next) return;
    underWay++;
    next.start();
  }

  function advance(): void {
    const now = clock.monotonicMs();
    const delay = delayAfter(failures, now);
    if (cancelTimer) return;
    if (delay === 0) {
      const room = free - failuresAt(failures, now).recent.length - underWay;
      for (let count = Math.min(room, waiting.length); count > 0; count--) startNext();
      return;
    }
    for (const { refuse } of waiting.splice(maxWaiting)) refuse(tooMany(delay));
    if (underWay > 0 || waiting.length === 0) return;
    cancelTimer = clock.after(delay, () => {
      cancelTimer = undefined;
      startNext();
      advance();
    });
  }

  function fail(): void {
    failures = afterFailure(failures, clock.monotonicMs(), free);
  }

  return {
    enter() {
      const delay = delayAfter(failures, clock.monotonicMs());
      if (delay > 0 && waiting.length >= maxWaiting) return Promise.reject(tooMany(delay));
      const turn = new Promise<void>((start, refuse) => waiting.push({ start, refuse }));
      advance();
      return turn;
    },
    leave(failed) {
      underWay--;
      if (failed) fail();
      advance();
    },
    fail() {
      fail();
      advance();
    },
    isIdle: () =>
      underWay === 0 && waiting.length === 0 && failuresAt(failures, clock.monotonicMs()).recent.length === 0,
    close(error) {
      cancelTimer?.();
      cancelTimer = undefined;
      for (const { refuse } of waiting.splice(0)) refuse(error);
    },
  };
}

function tooMany(retryAfterMs: number): ChatError {
  return new ChatError('rate-limited', 'too many failed logins', {
    hint: `try again in ${Math.ceil(retryAfterMs / 1000)} s`,
    retryAfterMs,
  });
}
