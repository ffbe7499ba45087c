import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';

/** Bounds how many calls each user makes, and how many bytes they carry. */
export type RateLimit = {
  /** Takes one call off `user`'s allowance; throws `rate-limited` with the time until there is one again. */
  take(user: string): void;
  /** The same for the bytes of a request. The last one that is let through may take more than is left. */
  takeBytes(user: string, bytes: number): void;
};

/** A user may save up the allowance of this many milliseconds. */
const burstMs = 5000;
/** Ten of the largest images in a row, then two a second. */
const bytesPerSecond = 8 * 1024 * 1024;
/** From this many users on, those are forgotten who have everything saved up: they are as good as new. */
const manyUsers = 1000;

/** Allows `callsPerSecond` to each user, in bursts of five times that. 0: neither calls nor bytes are limited. */
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
  /** Takes `amount` if `needed` of it is left. */
  take(user: string, amount: number, needed: number): void;
};

function createAllowance(perSecond: number, clock: Clock): Allowance {
  const unitMs = 1000 / perSecond;
  // What a user takes moves its time on; it may run ahead of the clock by the burst.
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
