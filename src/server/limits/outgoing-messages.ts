import type { Clock } from '../../shared/clock.js';
import { smallBytes, type ByteBudget, type Reservation } from './byte-budget.js';

/** A reader of large messages. */
export type Reader = {
  readonly owner: string;
  /** When it last accepted a part of the message (`Clock.monotonicMs`). */
  lastProgressMs: number;
  evict(): void;
};

/** Limits the memory for large messages that are being written to readers, which may be slow or stalled. */
export type OutgoingMessages = {
  /** Reserves memory before a message is read from the store; undefined if there is not enough. */
  reserve(reader: Reader, bytes: number): Reservation | undefined;
  wait(reader: Reader, bytes: number, start: (reservation: Reservation) => void): () => void;
  /**
   * Counts `message` until the returned function is called; undefined if there is not enough memory. Readers of the same
   * object pay once: the first of them. `reserved` is used if it is large enough, and released otherwise.
   */
  hold(message: Uint8Array, reader: Reader, reserved?: Reservation): (() => void) | undefined;
  /** Leaves no timer. Call when all readers have ended. */
  stop(): void;
};

/** A reader without progress for this time is disconnected if others wait for memory. */
export const evictAfterMs = 10_000;
const sweepIntervalMs = 1000;

type Held = { readonly paidBy: string; readonly readers: Set<Reader>; readonly reservation: Reservation };

export function isLarge(message: Uint8Array): boolean {
  return message.length > smallBytes;
}

/** A timer looks for stalled readers only while others wait. */
export function createOutgoingMessages(budget: ByteBudget, clock: Clock): OutgoingMessages {
  const held = new Set<Held>();
  const byMessage = new WeakMap<Uint8Array, Held>();
  let stopSweeping: (() => void) | undefined;

  const isStalled = ({ lastProgressMs }: Reader): boolean =>
    clock.monotonicMs() - lastProgressMs >= evictAfterMs;

  /** For each owner that waits, ends the readers of one message whose readers have all stalled. */
  const evictStalled = (): void => {
    for (const [owner, bytes] of budget.waiting()) {
      const ownShare = budget.exceedsShare(owner, bytes);
      for (const { paidBy, readers } of held) {
        if ((ownShare && paidBy !== owner) || ![...readers].every(isStalled)) continue;
        for (const reader of readers) reader.evict();
        break;
      }
    }
    stopSweeping = budget.waiting().size > 0 ? clock.after(sweepIntervalMs, evictStalled) : undefined;
  };

  return {
    reserve: ({ owner }, bytes) => budget.reserve(owner, bytes),
    wait({ owner }, bytes, start) {
      const stopWaiting = budget.wait(owner, bytes, start);
      stopSweeping ??= clock.after(sweepIntervalMs, evictStalled);
      return stopWaiting;
    },
    hold(message, reader, reserved) {
      const known = byMessage.get(message);
      let shared = known?.readers.size ? known : undefined;
      if (shared || (reserved && reserved.bytes() < message.length)) reserved?.release();
      if (!shared) {
        reserved?.shrinkTo(message.length);
        const fits = reserved?.bytes() === message.length;
        const reservation = fits ? reserved : budget.reserve(reader.owner, message.length);
        if (!reservation) return undefined;
        shared = { paidBy: reader.owner, readers: new Set(), reservation };
        held.add(shared);
        byMessage.set(message, shared);
      }
      const { readers, reservation } = shared;
      const counted = shared;
      readers.add(reader);
      return () => {
        if (!readers.delete(reader) || readers.size > 0) return;
        held.delete(counted);
        reservation.release();
      };
    },
    stop: () => stopSweeping?.(),
  };
}
