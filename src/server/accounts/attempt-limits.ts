/** The recent failed attempts from one address or for one user. */
export type FailedAttempts = {
  /** In monotonic milliseconds, oldest first; at most as many as are free. */
  readonly recent: readonly number[];
  /** Failures since attempts have to wait; 0 while they do not. */
  readonly penalty: number;
};

export const noFailedAttempts: FailedAttempts = { recent: [], penalty: 0 };

const windowMs = 60_000;
const initialDelayMs = 1000;
const maxDelayMs = 30_000;

export function currentFailures(failures: FailedAttempts, now: number): FailedAttempts {
  const last = failures.recent.at(-1);
  if (last === undefined || !isRecent(last, now)) return noFailedAttempts;
  return { ...failures, recent: failures.recent.filter((time) => isRecent(time, now)) };
}

export function afterFailure(failures: FailedAttempts, now: number, free: number): FailedAttempts {
  const { recent, penalty } = currentFailures(failures, now);
  const newest = [...recent, now].slice(-free);
  const waits = penalty > 0 || newest.length >= free;
  return { recent: newest, penalty: waits ? penalty + 1 : 0 };
}

export function delayAfter(failures: FailedAttempts, now: number): number {
  const { penalty } = currentFailures(failures, now);
  return penalty === 0 ? 0 : Math.min(maxDelayMs, initialDelayMs * 2 ** (penalty - 1));
}

function isRecent(time: number, now: number): boolean {
  return now - time < windowMs;
}

const freeUserFailuresPerMinute = 20;

/** Limits the attempts for one user from addresses that have not logged in as that user. */
export type UserLimit = {
  isOpen(now: number): boolean;
  begin(): void;
  end(failed: boolean, now: number): void;
  /** Counts a failed attempt that is exempt from the limit. */
  fail(now: number): void;
  /** How long an attempt waits if no other is in progress. */
  delayMs(now: number): number;
  /** True when forgetting the limit would change nothing. */
  isIdle(now: number): boolean;
};

/** Allows twenty failures a minute, then one attempt at a time, after a delay. */
export function createUserLimit(): UserLimit {
  let failures = noFailedAttempts;
  let openAt = 0;
  let inProgress = 0;

  const fail = (now: number): void => {
    failures = afterFailure(failures, now, freeUserFailuresPerMinute);
    openAt = now + delayAfter(failures, now);
  };
  const delayMs = (now: number): number => (delayAfter(failures, now) === 0 ? 0 : Math.max(0, openAt - now));

  return {
    isOpen(now) {
      if (delayAfter(failures, now) > 0) return inProgress === 0 && now >= openAt;
      return currentFailures(failures, now).recent.length + inProgress < freeUserFailuresPerMinute;
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

/** Per minute and address: for all names together, and for one name. */
const freeAddressFailures = { total: 5, perName: 3 } as const;
/** How far failures of exempt attempts can postpone the next limited one. */
const maxDebtMs = 60_000;

/** The limit under which an attempt was admitted. */
export type AddressPass = 'exempt' | 'limited';

/** Limits the attempts from one address by its failures. */
export type AddressLimit = {
  /** The limit under which an attempt for `name` may be checked now; undefined: it has to wait. */
  pass(name: string, now: number): AddressPass | undefined;
  /** Whether `name` has failed so often that it shares the delay of the address. */
  isSuspect(name: string, now: number): boolean;
  begin(name: string, pass: AddressPass): void;
  end(name: string, pass: AddressPass, failed: boolean, now: number): void;
  delayMs(name: string, now: number): number;
  isIdle(now: number): boolean;
};

type NameState = { failures: FailedAttempts; inProgress: number };

/**
 * Failures at the address share one schedule of delays. A name with fewer than three is exempt, so that guessing one
 * user's password does not delay others; after five failures of exempt names in a minute, they wait too. Each failure
 * postpones the limited attempts, so the exemption allows no more guesses. Attempts in progress count as failures.
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
    return (
      currentFailures(state.failures, now).recent.length + state.inProgress >= freeAddressFailures.perName
    );
  };

  const mayBeExempt = (name: string, now: number): boolean =>
    !isSuspect(name, now) && delayAfter(unsuspected, now) === 0;

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
      if (mayBeExempt(name, now) && exemptRecent + inProgress.exempt < freeAddressFailures.total)
        return 'exempt';
      if (delayAfter(all, now) > 0) {
        return inProgress.limited === 0 && now >= openAt ? 'limited' : undefined;
      }
      const counted = currentFailures(all, now).recent.length + inProgress.exempt + inProgress.limited;
      return counted < freeAddressFailures.total ? 'limited' : undefined;
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
        all = afterFailure(all, now, freeAddressFailures.total);
        if (pass === 'exempt' || !failedOften(state, now)) {
          unsuspected = afterFailure(unsuspected, now, freeAddressFailures.total);
        }
        if (state) state.failures = afterFailure(state.failures, now, freeAddressFailures.perName);
        openAt = Math.min(Math.max(openAt, now) + delayAfter(all, now), now + maxDebtMs);
      }
      forgetIdleNames(now);
    },
    delayMs: (name, now) => (mayBeExempt(name, now) ? 0 : limitedDelayMs(now)),
    isIdle: (now) =>
      inProgress.exempt + inProgress.limited === 0 && currentFailures(all, now).recent.length === 0,
  };
}
