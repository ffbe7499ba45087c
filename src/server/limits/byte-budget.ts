import { ChatError } from '../../shared/errors.js';

/** Reserved memory. Releasing it twice has no effect. */
export type Reservation = {
  readonly bytes: () => number;
  readonly shrinkTo: (bytes: number) => void;
  readonly release: () => void;
};

/** Limits the memory that clients can make the server use, in total and for each owner. */
export type ByteBudget = {
  /** Undefined if there is not enough memory, or if other requests wait. */
  reserve(owner: string, bytes: number): Reservation | undefined;
  /**
   * Calls `start` once there is memory. Requests are served in order, but an owner over its share delays no other owner.
   * The returned function stops waiting. Throws `rate-limited` if too many requests of this owner wait.
   */
  wait(owner: string, bytes: number, start: (reservation: Reservation) => void): () => void;
  /** Whether such a request has to wait for this owner's share rather than for the total. */
  exceedsShare(owner: string, bytes: number): boolean;
  /** The owners that wait, with the bytes of the first request of each. */
  waiting(): ReadonlyMap<string, number>;
  heldBytes(): number;
};

/** A request over `ownerBytes` is allowed while its owner has nothing reserved. */
export type ByteBudgetLimits = {
  readonly totalBytes: number;
  readonly ownerBytes: number;
  /** In addition to the total, for requests of at most `smallBytes`: large ones never delay them. */
  readonly smallReserveBytes: number;
  readonly maxWaitingPerOwner: number;
};

export const smallBytes = 64 * 1024;

type Waiter = {
  readonly owner: string;
  readonly bytes: number;
  readonly start: (reservation: Reservation) => void;
};

/** Counts bytes; allocates none. */
export function createByteBudget(limits: ByteBudgetLimits): ByteBudget {
  const { totalBytes, ownerBytes, smallReserveBytes, maxWaitingPerOwner } = limits;
  const held = new Map<string, number>();
  const waiters = new Set<Waiter>();
  let total = 0;

  const exceedsShare = (owner: string, bytes: number): boolean => {
    const own = held.get(owner) ?? 0;
    return own > 0 && own + bytes > ownerBytes;
  };
  const fits = (owner: string, bytes: number): boolean => {
    const available = bytes <= smallBytes ? totalBytes + smallReserveBytes : totalBytes;
    return (total === 0 || total + bytes <= available) && !exceedsShare(owner, bytes);
  };

  const take = (owner: string, bytes: number): Reservation => {
    let size = bytes;
    total += bytes;
    held.set(owner, (held.get(owner) ?? 0) + bytes);
    const shrinkTo = (smaller: number): void => {
      const given = size - smaller;
      if (given <= 0) return;
      size = smaller;
      total -= given;
      const rest = (held.get(owner) ?? 0) - given;
      if (rest > 0) held.set(owner, rest);
      else held.delete(owner);
      if (waiters.size > 0) startWaiting();
    };
    return { bytes: () => size, shrinkTo, release: () => shrinkTo(0) };
  };

  const startWaiting = (): void => {
    for (const waiter of waiters) {
      if (!fits(waiter.owner, waiter.bytes)) {
        // Smaller requests could delay a large one forever, so those behind it wait.
        if (!exceedsShare(waiter.owner, waiter.bytes) && waiter.bytes > smallBytes) return;
        continue;
      }
      waiters.delete(waiter);
      waiter.start(take(waiter.owner, waiter.bytes));
    }
  };

  return {
    reserve(owner, bytes) {
      if (bytes > smallBytes && waiters.size > 0) return undefined;
      return fits(owner, bytes) ? take(owner, bytes) : undefined;
    },
    wait(owner, bytes, start) {
      let own = 0;
      for (const waiter of waiters) if (waiter.owner === owner) own++;
      if (own >= maxWaitingPerOwner) {
        throw new ChatError('rate-limited', 'too many large requests at once', { retryAfterMs: 1000 });
      }
      const waiter: Waiter = { owner, bytes, start };
      waiters.add(waiter);
      // There may be memory already: `reserve` also fails while others wait.
      queueMicrotask(startWaiting);
      return () => void waiters.delete(waiter);
    },
    exceedsShare,
    waiting() {
      const first = new Map<string, number>();
      for (const { owner, bytes } of waiters) if (!first.has(owner)) first.set(owner, bytes);
      return first;
    },
    heldBytes: () => total,
  };
}
