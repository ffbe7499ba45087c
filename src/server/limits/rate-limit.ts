import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';

/** Limits the calls of each user, and their bytes. */
export type RateLimit = {
  /** Counts one call; throws `rate-limited` with the time after which to retry. */
  take(user: string): void;
  /** Counts the bytes of a request; the last one that is allowed may exceed the limit. */
  takeBytes(user: string, bytes: number): void;
};

/** How much unused time a user can save for a burst. */
const burstMs = 5000;
/** Two of the largest images per second, or ten in a burst. */
const bytesPerSecond = 8 * 1024 * 1024;
/** With more users than this, those with a full burst are forgotten. */
const manyUsers = 1000;

/** Allows bursts of `burstMs`. 0 calls per second: neither calls nor bytes are limited. */
export function createRateLimit(callsPerSecond: number, clock: Clock): RateLimit {
  if (callsPerSecond === 0) return { take: () => undefined, takeBytes: () => undefined };
  const calls = createAllowance(callsPerSecond, clock);
  const bytes = createAllowance(bytesPerSecond, clock);
  return {
    take: (user) => calls.take(user, 1, 1),
    takeBytes: (user, count) => bytes.take(user, count, 0),
  };
}

type Allowance = {
  take(user: string, amount: number, needed: number): void;
};

function createAllowance(perSecond: number, clock: Clock): Allowance {
  const unitMs = 1000 / perSecond;
  // The time up to which a user has spent its allowance: at most `burstMs` ahead of the clock.
  const times = new Map<string, number>();
  let forgetAt = manyUsers;

  const forgetIdle = (now: number): void => {
    for (const [user, time] of times) if (time <= now) times.delete(user);
    forgetAt = Math.max(manyUsers, times.size * 2);
  };

  return {
    take(user, amount, needed) {
      const now = clock.monotonicMs();
      const time = Math.max(times.get(user) ?? 0, now);
      const waitMs = time + needed * unitMs - now - burstMs;
      if (waitMs >= 1) {
        const retryAfterMs = Math.ceil(waitMs);
        throw new ChatError('rate-limited', `too many messages: retry in ${retryAfterMs} ms`, {
          retryAfterMs,
        });
      }
      if (times.size >= forgetAt) forgetIdle(now);
      times.set(user, time + amount * unitMs);
    },
  };
}
