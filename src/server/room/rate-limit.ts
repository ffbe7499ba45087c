import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';

/** Bounds how many calls each user makes. */
export type RateLimit = {
  /** Takes one call off `user`'s allowance; throws `rate-limited` with the time until there is one again. */
  take(user: string): void;
};

/** A user may save up the calls of this many milliseconds. */
const burstTime = 5000;
/** From this many users on, those are forgotten who have everything saved up: they are as good as new. */
const manyUsers = 1000;

/** So many calls a second for each user, in bursts of five times that. 0: no limit. */
export function createRateLimit(perSecond: number, clock: Clock): RateLimit {
  if (perSecond === 0) return { take: () => undefined };
  const interval = 1000 / perSecond;
  // Each call moves a user's time on by one interval; it may run ahead of the clock by the burst.
  const times = new Map<string, number>();
  let forgetAt = manyUsers;

  const forgetIdle = (now: number): void => {
    for (const [user, time] of times) if (time <= now) times.delete(user);
    forgetAt = Math.max(manyUsers, times.size * 2);
  };

  return {
    take(user) {
      const now = clock.monotonicMs();
      const time = Math.max(times.get(user) ?? 0, now) + interval;
      const wait = time - now - burstTime;
      if (wait >= 1) {
        const retryAfterMs = Math.ceil(wait);
        throw new ChatError('rate-limited', `too many messages: retry in ${retryAfterMs} ms`, {
          retryAfterMs,
        });
      }
      if (times.size >= forgetAt) forgetIdle(now);
      times.set(user, time);
    },
  };
}
