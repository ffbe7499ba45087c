import type { Clock } from '../../shared/clock.js';
import { smallBytes, type ByteBudget, type Reservation } from './byte-budget.js';

/** A reader to whom a large message is being written. */
export type Reader = {
  /** The account whose share pays. */
  readonly owner: string;
  /** When it last took a part of the message (`Clock.monotonicMs`). */
  lastProgressMs: number;
  /** Ends its stream: others need the memory. */
  readonly evict: () => void;
};

/** The memory for large messages on their way to readers, who may be slow or may not read at all. */
export type OutgoingMessages = {
  /** Reserves memory for a message that is still to be read from the store; undefined where there is none. */
  reserve(reader: Reader, bytes: number): Reservation | undefined;
  /** Calls `start` once there is memory for so many bytes. The returned function stops waiting. */
  wait(reader: Reader, bytes: number, start: (reservation: Reservation) => void): () => void;
  /**
   * Counts `message` as on its way to `reader`, in `reserved` where that is large enough; however many readers have the
   * same object, it is paid for once, by the first of them. The returned function counts it out. Undefined where there
   * is no memory. Either way `reserved` is used up.
   */
  hold(message: Uint8Array, reader: Reader, reserved?: Reservation): (() => void) | undefined;
};

/** Who takes nothing for so long, while others wait for memory, is disconnected. */
export const evictAfterMs = 10_000;
const sweepIntervalMs = 1000;

/** A message that is being written to at least one reader. */
type Held = { readonly paidBy: string; readonly readers: Set<Reader>; readonly reservation: Reservation };

/** Whether a message of that size counts at all. */
export function isLarge(message: Uint8Array): boolean {
  return message.length > smallBytes;
}

/** Accounts for large messages in `budget`. */
export function createOutgoingMessages(budget: ByteBudget, clock: Clock): OutgoingMessages {
  const held = new Set<Held>();
  const byMessage = new WeakMap<Uint8Array, Held>();
  let sweeping = false;

  const isStalled = ({ lastProgressMs }: Reader): boolean =>
    clock.monotonicMs() - lastProgressMs >= evictAfterMs;

  /** For each owner that waits, the first message in its way whose readers have all stalled loses them. */
  const evictStalled = (): void => {
    for (const [owner, bytes] of budget.waiting()) {
      const ownShare = budget.exceedsShare(owner, bytes);
      for (const { paidBy, readers } of held) {
        if ((ownShare && paidBy !== owner) || ![...readers].every(isStalled)) continue;
        for (const reader of readers) reader.evict();
        break;
      }
    }
    sweeping = budget.waiting().size > 0;
    if (sweeping) clock.after(sweepIntervalMs, evictStalled);
  };

  return {
    reserve: ({ owner }, bytes) => budget.reserve(owner, bytes),
    wait({ owner }, bytes, start) {
      const stopWaiting = budget.wait(owner, bytes, start);
      if (!sweeping) {
        sweeping = true;
        clock.after(sweepIntervalMs, evictStalled);
      }
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
  };
}
