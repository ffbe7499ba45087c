import type { ChatError } from '../../shared/errors.js';

const initialDelayMs = 1000;

const maxDelayMs = 30_000;

/** Milliseconds before an attempt (from 1). The upper half is random, so that clients do not reconnect together. */
export function backoff(attempt: number, random: number): number {
  const delay = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return Math.round((delay * (1 + random)) / 2);
}

/** After this time the attempts before a restart no longer delay those after the next one. */
const stableAfterMs = 3000;

export function nextAttempt(attempts: number, subscribedMs: number | undefined): number {
  return subscribedMs !== undefined && subscribedMs >= stableAfterMs ? 1 : attempts + 1;
}

/** Random up to this, so that the clients of a lost server do not all arrive together. */
const maxOtherServerDelayMs = 500;

type Loss = {
  readonly attempt: number;
  /** How many untried servers the room has; 0 if none answered, because then all were tried. */
  readonly others: number;
  readonly reason: ChatError;
};

/** Milliseconds: short while there are untried servers. A delay requested by the server is a minimum, up to 30 s. */
export function reconnectDelay({ attempt, others, reason }: Loss, random: number): number {
  const delay = attempt <= others ? Math.round(maxOtherServerDelayMs * random) : backoff(attempt, random);
  return Math.max(delay, Math.min(reason.retryAfterMs ?? 0, maxDelayMs));
}
