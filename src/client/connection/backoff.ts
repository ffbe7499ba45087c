import type { ChatError } from '../../shared/errors.js';

const initialDelayMs = 1000;

const maxDelayMs = 30_000;

/**
 * The delay before an attempt (from 1) in milliseconds: 1 s, doubling to 30 s. The upper half is random, so
 * that many clients that lost their server do not reconnect at the same moment.
 */
export function backoff(attempt: number, random: number): number {
  const delay = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return Math.round((delay * (1 + random)) / 2);
}

/**
 * A subscription that lasted this long resets the count of attempts. Long enough that a server which fails
 * under the load of its returning clients is tried less and less often; short enough that attempts before a
 * restart do not delay those after the next one.
 */
const stableAfterMs = 3000;

/**
 * The number of the attempt (from 1) after a lost subscription. `attempts` led to it; it lasted `heldMs`, or
 * undefined if it was never answered.
 */
export function nextAttempt(attempts: number, heldMs: number | undefined): number {
  return heldMs !== undefined && heldMs >= stableAfterMs ? 1 : attempts + 1;
}

/** Spreads the clients that lost their server over the other servers. */
const maxOtherServerDelayMs = 500;

/** A lost or failed subscription. */
type Loss = {
  /** The next attempt, from 1. */
  readonly attempt: number;
  /** How many other servers the room has; 0 if none answered, because then all were tried. */
  readonly others: number;
  readonly reason: ChatError;
};

/**
 * The delay before the next subscription in milliseconds: short while there are untried servers, otherwise as
 * `backoff` says. A delay that the server names is kept, up to 30 s.
 */
export function reconnectDelay({ attempt, others, reason }: Loss, random: number): number {
  const delay = attempt <= others ? Math.round(maxOtherServerDelayMs * random) : backoff(attempt, random);
  return Math.max(delay, Math.min(reason.retryAfterMs ?? 0, maxDelayMs));
}
