import { delayUntilAborted } from '../../shared/async/delay.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';

/** Sends a value for each room, such as its read mark: at most once a second, and only the newest of each room. */
export type LatestSender<Value> = {
  readonly send: (room: number, value: Value) => void;
  /** Sends what a lost connection left over. */
  readonly resume: () => void;
  /** Drops what was not sent: the rooms are those of another log now. */
  readonly forget: () => void;
};

type Options<Value> = {
  readonly call: (room: number, value: Value, signal: AbortSignal) => Promise<void>;
  /** Aborted when the connection is replaced. */
  readonly signalOf: () => AbortSignal;
  /** The server has the value, or has rejected it. */
  readonly onAnswer?: (room: number, value: Value, isRejected: boolean) => void;
  readonly clock: Clock;
};

const intervalMs = 1000;

/** Nothing is sent until the first value. */
export function createLatestSender<Value>(options: Options<Value>): LatestSender<Value> {
  const { call, signalOf, onAnswer, clock } = options;
  /** What the server does not have yet. */
  const waiting = new Map<number, Value>();
  let isSending = false;

  async function sendOne(room: number, value: Value, signal: AbortSignal): Promise<void> {
    let isRejected = false;
    try {
      await retryWhenRateLimited(() => call(room, value, signal), clock, signal);
    } catch (thrown) {
      // A room that the user has left has no mark. Any other failure is one of the connection.
      isRejected = ChatError.from(thrown).retry.rejectsMessage === true;
      if (!isRejected) throw thrown;
    }
    if (waiting.get(room) === value) waiting.delete(room);
    onAnswer?.(room, value, isRejected);
  }

  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const signal = signalOf();
    try {
      while (waiting.size > 0 && !signal.aborted) {
        for (const [room, value] of [...waiting]) await sendOne(room, value, signal);
        await delayUntilAborted(intervalMs, clock, signal);
      }
    } catch {
      // `resume` repeats it; until then the server has the value before.
    } finally {
      isSending = false;
    }
  }

  return {
    send(room, value) {
      waiting.set(room, value);
      void sendAll();
    },
    resume: () => void sendAll(),
    forget: () => waiting.clear(),
  };
}
