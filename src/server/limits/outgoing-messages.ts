import type { Clock } from '../../shared/clock.js';
import { smallBytes, type ByteBudget, type Release } from './byte-budget.js';

/** A reader to whom a large message is being written. */
export type Reader = {
  /** The account whose share pays. */
  readonly owner: string;
  /** When it last took a part of the message (`Clock.monotonicMs`). */
  lastProgressMs: number;
  /** Ends its stream: others need the memory. */
  readonly evict: () => void;
};

/** Memory that was waited for. */
export type SpaceGrant = { readonly bytes: number; readonly release: Release };

/** The memory for large messages on their way to readers, who may be slow or may not read at all. */
export type OutgoingMessages = {
  /**
   * Holds `frame` for `reader`, in `granted` where that is large enough; however many readers have the same object, it is
   * paid for once, by the first of them. Undefined where there is no room. Either way `granted` is used up.
   */
  hold(frame: Uint8Array, reader: Reader, granted?: SpaceGrant): Release | undefined;
  /** Calls `start` once there is room for so many bytes. The returned function stops waiting. */
  waitForSpace(reader: Reader, bytes: number, start: (granted: SpaceGrant) => void): () => void;
};

/** Who takes nothing for so long, while others wait for memory, is disconnected. */
export const evictAfterMs = 10_000;
const sweepIntervalMs = 1000;

/** A message that is being written to at least one reader. */
type Held = { readonly paidBy: string; readonly readers: Set<Reader>; readonly release: Release };

/** Whether a message of that size counts at all. */
export function isLarge(message: Uint8Array): boolean {
  return message.length > smallBytes;
}

/** Accounts for large messages in `budget`. */
export function createOutgoingMessages(budget: ByteBudget, clock: Clock): OutgoingMessages {
  const held = new Map<Uint8Array, Held>();
  let sweeping = false;

  const isStalled = ({ lastProgressMs }: Reader): boolean =>
    clock.monotonicMs() - lastProgressMs >= evictAfterMs;

  /** For each owner that waits, the first message in its way whose readers have all stalled loses them. */
  const evictStalled = (): void => {
    for (const [owner, bytes] of budget.waiting()) {
      const ownShare = budget.exceedsShare(owner, bytes);
      for (const { paidBy, readers } of held.values()) {
        if ((ownShare && paidBy !== owner) || ![...readers].every(isStalled)) continue;
        for (const reader of readers) reader.evict();
        break;
      }
    }
    sweeping = budget.waiting().size > 0;
    if (sweeping) clock.after(sweepIntervalMs, evictStalled);
  };

  return {
    hold(frame, reader, granted) {
      let shared = held.get(frame);
      if (shared || (granted && granted.bytes < frame.length)) granted?.release();
      if (!shared) {
        const fits = granted !== undefined && granted.bytes >= frame.length;
        const release = fits ? granted.release : budget.reserve(reader.owner, frame.length);
        if (!release) return undefined;
        shared = { paidBy: reader.owner, readers: new Set(), release };
        held.set(frame, shared);
      }
      const { readers, release } = shared;
      readers.add(reader);
      return () => {
        if (!readers.delete(reader) || readers.size > 0) return;
        held.delete(frame);
        release();
      };
    },
    waitForSpace({ owner }, bytes, start) {
      const stopWaiting = budget.wait(owner, bytes, (release) => start({ bytes, release }));
      if (!sweeping) {
        sweeping = true;
        clock.after(sweepIntervalMs, evictStalled);
      }
      return stopWaiting;
    },
  };
}
