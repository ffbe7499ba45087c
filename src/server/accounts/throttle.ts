import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { createWaitingLines } from './waiting-lines.js';

/** An attempt to log in whose password must be checked. */
export type Attempt = {
  /** What `addressKey` gave. */
  readonly address: string;
  /** What `nameKey` gave; undefined for a name that no account can have. */
  readonly user: string | undefined;
  /** Whether this address logged in as this user before. */
  readonly known: boolean;
};

/** Slows down who guesses passwords, and nobody else. */
export type Throttle = {
  /**
   * Resolves when the attempt may be checked, with a function that must be called with whether it failed.
   * Rejects with `rate-limited`, or with `shutting-down` after `close`.
   */
  enter(attempt: Attempt): Promise<(failed: boolean) => void>;
  close(): void;
};

/** How many failures a minute cost nothing. */
const freeFailures = { perAddress: 5, perUser: 20 } as const;

/**
 * The throttle with its two rules: after 5 failures of an address all its attempts wait in one line, and after
 * 20 failures for a user so do attempts for that user, except those of addresses known for it.
 */
export function createThrottle(clock: Clock): Throttle {
  const addresses = createWaitingLines(clock, freeFailures.perAddress);
  const users = createWaitingLines(clock, freeFailures.perUser);
  let closed: ChatError | undefined;

  return {
    async enter({ address, user, known }) {
      if (closed) throw closed;
      const addressLine = addresses.of(address);
      await addressLine.enter();
      if (user === undefined) return (failed) => addressLine.leave(failed);
      if (known) {
        return (failed) => {
          addressLine.leave(failed);
          if (failed) users.of(user).fail();
        };
      }
      const userLine = users.of(user);
      try {
        await userLine.enter();
      } catch (error) {
        addressLine.leave(false);
        throw error;
      }
      return (failed) => {
        addressLine.leave(failed);
        userLine.leave(failed);
      };
    },
    close() {
      closed = new ChatError('shutting-down', 'the server is shutting down');
      addresses.close(closed);
      users.close(closed);
    },
  };
}
