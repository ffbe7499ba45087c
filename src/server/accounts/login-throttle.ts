import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import {
  createAddressLimit,
  type AddressLimit,
  type AddressPass,
  createUserLimit,
  type UserLimit,
} from './attempt-limits.js';
import { createLoginQueue, type Group, type LoginQueue } from './login-queue.js';

/** A login whose password must be checked. */
export type Attempt = {
  readonly address: string;
  /** From `nameKey`; undefined for a name that no account can have. */
  readonly user: string | undefined;
  /** Whether this address has logged in as this user before. */
  readonly known: boolean;
};

type Throttle = {
  /** Resolves when the check may start; pass its outcome to `Release`. Rejects: `rate-limited`, `shutting-down`. */
  acquire(attempt: Attempt): Promise<Release>;
  close(): void;
};

type Release = (failed: boolean) => void;
type Waiter = { readonly start: (release: Release) => void; readonly refuse: (error: ChatError) => void };

type Subject<Limit> = {
  readonly limit: Limit;
  readonly queue: LoginQueue<Pair>;
  cancelTimer: (() => void) | undefined;
};

/** The attempts from one address for one user. They share one turn in both queues. */
type Pair = Group<Waiter> & {
  readonly address: string;
  /** Empty for all names that no account can have. */
  readonly name: string;
  readonly from: Subject<AddressLimit>;
  /** Undefined if the user's limit does not apply. */
  to: Subject<UserLimit> | undefined;
  known: boolean;
};

/** An attempt that waits counts in neither limit, so a throttled user does not use up an address, nor vice versa. */
export function createThrottle(clock: Clock): Throttle {
  // Known users go first, unless their own password is being guessed here.
  const hasPriority = ({ from, name, known }: Pair): boolean =>
    known && !from.limit.isSuspect(name, clock.monotonicMs());
  const addresses = createIdleMap<Subject<AddressLimit>>(() => {
    const limit = createAddressLimit();
    const delayMs = ({ name }: Pair): number => limit.delayMs(name, clock.monotonicMs());
    return { limit, queue: createLoginQueue({ delayMs, hasPriority }), cancelTimer: undefined };
  }, isIdle);
  const users = createIdleMap<Subject<UserLimit>>(() => {
    const limit = createUserLimit();
    const delayMs = (): number => limit.delayMs(clock.monotonicMs());
    return { limit, queue: createLoginQueue({ delayMs, hasPriority }), cancelTimer: undefined };
  }, isIdle);
  let closed: ChatError | undefined;

  function isIdle({ limit, queue }: Subject<AddressLimit | UserLimit>): boolean {
    return queue.isEmpty() && limit.isIdle(clock.monotonicMs());
  }

  function pairOf({ address, user, known }: Attempt): Pair {
    const name = user ?? '';
    const from = addresses.getOrCreate(address);
    const pair = from.queue.get(name) ?? { address, name, from, to: undefined, known, waiting: [] };
    pair.known ||= known;
    if (pair.known) {
      pair.to?.queue.remove(address);
      pair.to = undefined;
    } else if (user !== undefined) {
      pair.to ??= users.getOrCreate(user);
    }
    return pair;
  }

  function requeue(pair: Pair): void {
    pair.from.queue.moveToEnd(pair.name, pair);
    pair.to?.queue.moveToEnd(pair.address, pair);
  }

  function tryStart(pair: Pair): boolean {
    const { from, to, name } = pair;
    const now = clock.monotonicMs();
    const pass = from.limit.pass(name, now);
    if (!pass || (to && !to.limit.isOpen(now))) return false;
    const waiter = pair.waiting.shift();
    requeue(pair);
    if (!waiter) return false;
    from.limit.begin(name, pass);
    to?.limit.begin();
    waiter.start((failed) => release(pair, pass, to, failed));
    return true;
  }

  function release(
    { from, name }: Pair,
    pass: AddressPass,
    to: Subject<UserLimit> | undefined,
    failed: boolean,
  ): void {
    const now = clock.monotonicMs();
    from.limit.end(name, pass, failed, now);
    to?.limit.end(failed, now);
    // A known address is exempt from the user's limit, but its failures count.
    if (!to && failed && name !== '') users.getOrCreate(name).limit.fail(now);
    advance(from);
    if (to) advance(to);
  }

  /** Starts allowed attempts, rejects surplus ones, and runs again when the next delay ends. */
  function advance(subject: Subject<AddressLimit | UserLimit>): void {
    if (closed) return;
    const { queue } = subject;
    while (queue.inOrder().some(tryStart));
    for (let pair = queue.surplus(); pair; pair = queue.surplus()) {
      pair.waiting.pop()?.refuse(tooMany(queue.nextDelayMs() ?? 0));
      if (pair.waiting.length === 0) requeue(pair);
    }
    subject.cancelTimer?.();
    const delayMs = queue.nextDelayMs();
    subject.cancelTimer = delayMs === undefined ? undefined : clock.after(delayMs, () => advance(subject));
  }

  return {
    acquire(attempt) {
      if (closed) return Promise.reject(closed);
      const pair = pairOf(attempt);
      const admission = new Promise<Release>((start, refuse) => pair.waiting.push({ start, refuse }));
      // A pair that waits already keeps its turn.
      if (pair.waiting.length === 1) requeue(pair);
      advance(pair.from);
      if (pair.to) advance(pair.to);
      return admission;
    },
    close() {
      closed = new ChatError('shutting-down', 'the server is shutting down');
      for (const { queue, cancelTimer } of [...addresses.values(), ...users.values()]) {
        cancelTimer?.();
        for (const { waiting } of queue.inOrder()) {
          for (const { refuse } of waiting.splice(0)) refuse(closed);
        }
      }
    },
  };
}

function tooMany(retryAfterMs: number): ChatError {
  return new ChatError('rate-limited', 'too many failed logins', {
    hint: `try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`,
    retryAfterMs,
  });
}

type IdleMap<Value> = {
  getOrCreate(key: string): Value;
  values(): Iterable<Value>;
  count(): number;
};

const minTidySize = 256;

/** A map that drops idle values: it grows with the values in use, not with the keys ever seen. */
export function createIdleMap<Value>(
  make: (key: string) => Value,
  isIdle: (value: Value) => boolean,
): IdleMap<Value> {
  const values = new Map<string, Value>();
  let tidyAt = minTidySize;

  function tidy(): void {
    for (const [key, value] of values) if (isIdle(value)) values.delete(key);
    // Doubling keeps the cost per created value constant.
    tidyAt = Math.max(minTidySize, 2 * values.size);
  }

  return {
    getOrCreate(key) {
      const existing = values.get(key);
      if (existing !== undefined) return existing;
      if (values.size >= tidyAt) tidy();
      const value = make(key);
      values.set(key, value);
      return value;
    },
    values: () => values.values(),
    count: () => values.size,
  };
}
