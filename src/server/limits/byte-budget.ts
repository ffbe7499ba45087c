import { ChatError } from '../../shared/errors.js';

/** Reserved memory. */
export type Reservation = {
  readonly bytes: () => number;
  /** Gives back what is over `bytes`. */
  readonly shrinkTo: (bytes: number) => void;
  /** Gives back all of it; a second call does nothing. */
  readonly release: () => void;
};

/** Bounds the memory that peers can make the server hold: in total, and for each owner. */
export type ByteBudget = {
  /** Reserves memory for `owner` at once; undefined where there is no room, or where others wait before it. */
  reserve(owner: string, bytes: number): Reservation | undefined;
  /**
   * Calls `start` later, as soon as there is room, in order of asking; an owner over its share delays no other owner.
   * The returned function stops waiting. Throws `rate-limited` if too many of this owner's requests wait already.
   */
  wait(owner: string, bytes: number, start: (reservation: Reservation) => void): () => void;
  /** Whether this owner's share, rather than the total, is what a request of so many bytes has to wait for. */
  exceedsShare(owner: string, bytes: number): boolean;
  /** The owners that wait, each once, with what the first of its requests needs. */
  waiting(): ReadonlyMap<string, number>;
  heldBytes(): number;
};

/** How much a budget allows. A request of more than a share is allowed while its owner holds nothing. */
export type ByteBudgetLimits = {
  readonly totalBytes: number;
  readonly ownerBytes: number;
  /** So much on top of the total is left for requests of at most `smallBytes`, so that large ones never hold up small ones. */
  readonly smallReserveBytes: number;
  readonly maxWaitingPerOwner: number;
};

/** Requests up to this size may use the reserve. */
export const smallBytes = 64 * 1024;

type Waiter = {
  readonly owner: string;
  readonly bytes: number;
  readonly start: (reservation: Reservation) => void;
};

/** Makes an empty budget. */
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
        // A large request at the front keeps its place: smaller ones behind it could take the room forever.
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
      // There may be room already, where others waited when this one asked.
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
