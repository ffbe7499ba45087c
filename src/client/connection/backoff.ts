import type { ChatError } from '../../shared/errors.js';

/** The first delay, in milliseconds; it doubles with every attempt. */
const initialDelayMs = 1000;

/** No delay is longer, in milliseconds. */
const maxDelayMs = 30_000;

/**
 * How long to wait before an attempt (from 1), in milliseconds: 1 s doubling to 30 s, of which the upper half
 * is left to `random` (0 up to 1), so that a crowd that lost its server does not come back in one moment.
 */
export function backoff(attempt: number, random: number): number {
  const delay = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return Math.round((delay * (1 + random)) / 2);
}

/** A subscription that held this long, in milliseconds, was a good one. */
const stableAfterMs = 10_000;

/**
 * The attempt (from 1) that follows a lost subscription: `attempts` had led to it, and it held for `heldMs`; undefined:
 * it did not come about. After a good one counting starts again.
 */
export function nextAttempt(attempts: number, heldMs: number | undefined): number {
  return heldMs !== undefined && heldMs >= stableAfterMs ? 1 : attempts + 1;
}

/** A crowd that lost its server reaches the others spread over so many milliseconds. */
const maxOtherServerDelayMs = 500;

/** A lost subscription, or one that did not come about. */
type Loss = {
  /** The attempt that follows, from 1. */
  readonly attempt: number;
  /** The other servers of the room; 0 if none had answered: then all were tried. */
  readonly others: number;
  readonly reason: ChatError;
};

/**
 * How long to wait before the next subscription, in milliseconds: hardly, while there are servers that were not tried
 * yet; else as `backoff` says. A pause that the server names is kept, up to 30 s.
 */
export function reconnectDelay({ attempt, others, reason }: Loss, random: number): number {
  const delay = attempt <= others ? Math.round(maxOtherServerDelayMs * random) : backoff(attempt, random);
  return Math.max(delay, Math.min(reason.retryAfterMs ?? 0, maxDelayMs));
}
