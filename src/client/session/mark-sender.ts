import { delayUntilAborted } from '../../shared/async/delay.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';

/** Sends read marks to the server: each room's at most once a second, and only the newest of each. */
export type MarkSender = {
  readonly mark: (room: number, sequence: number) => void;
  /** Sends the marks that a lost connection left over. */
  readonly resume: () => void;
};

const markIntervalMs = 1000;

/** `signalOf`: aborted when the connection is replaced. */
export function createMarkSender(
  send: (room: number, sequence: number, signal: AbortSignal) => Promise<void>,
  signalOf: () => AbortSignal,
  clock: Clock,
): MarkSender {
  /** What the server does not have yet. */
  const waiting = new Map<number, number>();
  let isSending = false;

  async function sendOne(room: number, sequence: number, signal: AbortSignal): Promise<void> {
    try {
      await retryWhenRateLimited(() => send(room, sequence, signal), clock, signal);
    } catch (thrown) {
      // A room that the user has left has no mark. Any other failure is one of the connection.
      if (!ChatError.from(thrown).retry.rejectsMessage) throw thrown;
    }
    if (waiting.get(room) === sequence) waiting.delete(room);
  }

  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const signal = signalOf();
    try {
      while (waiting.size > 0 && !signal.aborted) {
        for (const [room, sequence] of [...waiting]) await sendOne(room, sequence, signal);
        await delayUntilAborted(markIntervalMs, clock, signal);
      }
    } catch {
      // `resume` repeats it; until then the server counts the messages as unread.
    } finally {
      isSending = false;
    }
  }

  return {
    mark(room, sequence) {
      waiting.set(room, sequence);
      void sendAll();
    },
    resume: () => void sendAll(),
  };
}
