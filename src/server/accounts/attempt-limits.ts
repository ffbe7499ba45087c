/** The failed attempts of one address, or for one user, as far as they still matter. */
export type FailedAttempts = {
  /** When the newest ones happened, in monotonic milliseconds, oldest first; at most as many as are free. */
  readonly recent: readonly number[];
  /** How many there were since attempts have to wait; 0 while they do not. */
  readonly penalty: number;
};

/** Nothing happened yet, or nothing for a minute. */
export const noFailedAttempts: FailedAttempts = { recent: [], penalty: 0 };

const windowMs = 60_000;
const initialDelayMs = 1000;
const maxDelayMs = 30_000;

/** What of `failures` still counts: nothing, once a whole minute passed without one. */
export function currentFailures(failures: FailedAttempts, now: number): FailedAttempts {
  const last = failures.recent.at(-1);
  if (last === undefined || !isRecent(last, now)) return noFailedAttempts;
  return { ...failures, recent: failures.recent.filter((time) => isRecent(time, now)) };
}

/** One more failure; after `free` of them within a minute, attempts have to wait. */
export function afterFailure(failures: FailedAttempts, now: number, free: number): FailedAttempts {
  const { recent, penalty } = currentFailures(failures, now);
  const newest = [...recent, now].slice(-free);
  const waits = penalty > 0 || newest.length >= free;
  return { recent: newest, penalty: waits ? penalty + 1 : 0 };
}

/** How long the next attempt waits before it is checked: not at all, or 1 s, doubling to 30 s. */
export function delayAfter(failures: FailedAttempts, now: number): number {
  const { penalty } = currentFailures(failures, now);
  return penalty === 0 ? 0 : Math.min(maxDelayMs, initialDelayMs * 2 ** (penalty - 1));
}

function isRecent(time: number, now: number): boolean {
  return now - time < windowMs;
}

/** Failures a minute for one user that cost nothing. */
const freeFailuresPerUser = 20;

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
  let failures = noFailedAttempts;
  let openAt = 0;
  let inProgress = 0;

  const fail = (now: number): void => {
    failures = afterFailure(failures, now, freeFailuresPerUser);
    openAt = now + delayAfter(failures, now);
  };
  const delayMs = (now: number): number => (delayAfter(failures, now) === 0 ? 0 : Math.max(0, openAt - now));

  return {
    isOpen(now) {
      if (delayAfter(failures, now) > 0) return inProgress === 0 && now >= openAt;
      return currentFailures(failures, now).recent.length + inProgress < freeFailuresPerUser;
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
    isIdle: (now) => inProgress === 0 && currentFailures(failures, now).recent.length === 0,
  };
}

/** Failures a minute that cost nothing: of all names tried from one address, and of one name there. */
const freeFailures = { total: 5, perName: 3 } as const;
/** How far ahead failures that did not wait can push the next attempt that has to. */
const maxDebtMs = 60_000;

/** Which limit an attempt was admitted under; it is given back when the attempt ends. */
export type AddressPass = 'exempt' | 'limited';

/** Limits the attempts of one address by the failures there. */
export type AddressLimit = {
  /** Under which limit an attempt for `name` may be checked now, or undefined if it has to wait. */
  pass(name: string, now: number): AddressPass | undefined;
  /** Whether `name` failed so often that it shares the delay of the address. */
  isSuspect(name: string, now: number): boolean;
  begin(name: string, pass: AddressPass): void;
  end(name: string, pass: AddressPass, failed: boolean, now: number): void;
  /** How long an attempt for `name` has to wait if nothing else is in progress, in milliseconds. */
  delayMs(name: string, now: number): number;
  /** True when forgetting the limit would change nothing. */
  isIdle(now: number): boolean;
};

/** What is known of one name at the address. */
type NameState = { failures: FailedAttempts; inProgress: number };

/**
 * One schedule of delays slows down everything that fails at the address. A name with fewer than three failures is
 * exempt from it, so that guessing one user's password does not delay the others behind the same address, until such
 * names failed five times in a minute: then many names are being tried, and they wait as well. Every failure
 * postpones what has to wait, so that using the exemption does not make more guesses possible.
 * Attempts in progress count as failures to come.
 */
export function createAddressLimit(): AddressLimit {
  const names = new Map<string, NameState>();
  let all = noFailedAttempts;
  let unsuspected = noFailedAttempts;
  let openAt = 0;
  const inProgress = { exempt: 0, limited: 0 };

  const failedOften = (state: NameState | undefined, now: number): boolean =>
    state !== undefined && currentFailures(state.failures, now).penalty > 0;

  const isSuspect = (name: string, now: number): boolean => {
    const state = names.get(name);
    if (!state || failedOften(state, now)) return state !== undefined;
    return currentFailures(state.failures, now).recent.length + state.inProgress >= freeFailures.perName;
  };

  const mayBeExempt = (name: string, now: number): boolean =>
    !isSuspect(name, now) && delayAfter(unsuspected, now) === 0;

  /** A delay is over at once when its failures are forgotten. */
  const limitedDelayMs = (now: number): number =>
    delayAfter(all, now) === 0 ? 0 : Math.max(0, openAt - now);

  const forgetIdleNames = (now: number): void => {
    for (const [name, state] of names) {
      if (state.inProgress === 0 && currentFailures(state.failures, now).recent.length === 0)
        names.delete(name);
    }
  };

  return {
    pass(name, now) {
      const exemptRecent = currentFailures(unsuspected, now).recent.length;
      if (mayBeExempt(name, now) && exemptRecent + inProgress.exempt < freeFailures.total) return 'exempt';
      if (delayAfter(all, now) > 0) {
        return inProgress.limited === 0 && now >= openAt ? 'limited' : undefined;
      }
      const taken = currentFailures(all, now).recent.length + inProgress.exempt + inProgress.limited;
      return taken < freeFailures.total ? 'limited' : undefined;
    },
    isSuspect,
    begin(name, pass) {
      inProgress[pass]++;
      const state = names.get(name) ?? { failures: noFailedAttempts, inProgress: 0 };
      state.inProgress++;
      names.set(name, state);
    },
    end(name, pass, failed, now) {
      inProgress[pass]--;
      const state = names.get(name);
      if (state) state.inProgress--;
      if (failed) {
        all = afterFailure(all, now, freeFailures.total);
        if (pass === 'exempt' || !failedOften(state, now)) {
          unsuspected = afterFailure(unsuspected, now, freeFailures.total);
        }
        if (state) state.failures = afterFailure(state.failures, now, freeFailures.perName);
        openAt = Math.min(Math.max(openAt, now) + delayAfter(all, now), now + maxDebtMs);
      }
      forgetIdleNames(now);
    },
    delayMs: (name, now) => (mayBeExempt(name, now) ? 0 : limitedDelayMs(now)),
    isIdle: (now) =>
      inProgress.exempt + inProgress.limited === 0 && currentFailures(all, now).recent.length === 0,
  };
}
