/** The first delay, in milliseconds; it doubles with every attempt. */
const firstDelay = 1000;

/** No delay is longer, in milliseconds. */
const longestDelay = 30_000;

/**
 * How long to wait before an attempt (from 1), in milliseconds: 1 s doubling to 30 s, of which the upper half
 * is left to `chance` (0 up to 1), so that a crowd that lost its server does not come back in one moment.
 */
export function backoff(attempt: number, chance: number): number {
  const delay = Math.min(longestDelay, firstDelay * 2 ** (attempt - 1));
  return Math.round((delay * (1 + chance)) / 2);
}

/** A crowd that lost its server reaches the others spread over so many milliseconds. */
const elsewhereWithin = 500;

/** How long to wait before another server is tried, in milliseconds. `chance`: 0 up to 1. */
export function delayElsewhere(chance: number): number {
  return Math.round(elsewhereWithin * chance);
}
