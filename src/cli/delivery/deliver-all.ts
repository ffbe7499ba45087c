import type { PostAnswer, Sent } from '../../client/connection/port.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { raceAbort } from '../../shared/async/race-abort.js';
import { createSignal } from '../../shared/async/signal.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Draft } from '../../shared/message.js';
import { deliver, whenExpired, type DeliveryOptions } from './deliver.js';

/** One of many messages. */
export type Line = { readonly line: number; readonly draft: Draft };

/** `postAll`: as that of a `Connection`. */
export type ManyConnection = DeliveryOptions['connection'] & { postAll?: PostDrafts };
type PostDrafts = (drafts: AsyncIterable<Draft>, signal: AbortSignal) => AsyncIterable<PostAnswer>;

type DeliverAllOptions = Omit<DeliveryOptions, 'earlier'> & {
  /** Without `postAll`, each message waits for the answer to the one before. */
  readonly connection: ManyConnection;
  readonly onSent: (line: Line, sent: Sent) => void;
  /** Adds which line a failure is about. */
  readonly describe: (line: Line, thrown: unknown) => ChatError;
};

/** Sent without an answer; the server reads as many. */
const maxInFlight = 256;
/** A call without a message is ended by the server after 10 s. */
const idleMs = 1000;

/**
 * Delivers messages in their order, many in flight, and stops at the first failure. A message that got no answer is
 * delivered by itself, as `deliver` does, before the next ones are sent again with their ids. The time limit of a message
 * starts when the one before it is answered.
 */
export async function deliverAll(lines: AsyncIterator<Line>, options: DeliverAllOptions): Promise<void> {
  const { connection, clock, timeoutMs, signal, onRetry, onSent, describe } = options;
  const readLine = createReader(lines, clock);
  const queue = createQueue(clock);
  let { postAll }: { postAll?: PostDrafts | undefined } = connection;

  /** Returns why lines are left; throws if there is no time for another attempt. */
  const post = async (postAll: PostDrafts): Promise<ChatError | undefined> => {
    const expired = new AbortController();
    const ended = new AbortController();
    const until = AbortSignal.any([signal, expired.signal, ended.signal]);
    const answer = createSignal();
    let stopTimer = (): void => undefined;
    const restartTimer = (): void => {
      stopTimer();
      if (queue.oldest()) stopTimer = clock.after(timeoutMs - queue.waitedMs(), () => expired.abort());
    };
    async function* drafts(): AsyncGenerator<Draft, void, void> {
      while (!until.aborted) {
        const line = queue.send();
        if (line) yield line.draft;
        else if (queue.isFull()) await answer.wait(until);
        else {
          // The loop below reads again, and reports a failure after the answers to the lines before.
          const read = await readLine(until, idleMs).catch(() => undefined);
          if (!read) return;
          queue.add(read);
          restartTimer();
        }
      }
    }
    queue.sendAgain();
    restartTimer();
    try {
      for await (const { sequence, rejection } of postAll(drafts(), until)) {
        if (rejection) return rejection;
        const line = queue.takeAnswered();
        if (line) onSent(line, { sequence });
        restartTimer();
        answer.notify();
      }
      if (!queue.oldest()) return undefined;
      if (until.aborted)
        throw new ChatError('may-not-have-arrived', 'cancelled: the message may not have arrived');
      // A server that ends the call has not read the rest.
      return new ChatError('unreachable', 'the server ended the call');
    } catch (thrown) {
      const failure = ChatError.from(thrown);
      if (signal.aborted) throw failure;
      if (expired.signal.aborted) throw whenExpired(failure, undefined, timeoutMs);
      return failure;
    } finally {
      stopTimer();
      ended.abort();
    }
  };

  /** Prepares for another attempt; throws if none can help. */
  const recover = async (failure: ChatError): Promise<void> => {
    const { code, retry, retryAfterMs = Infinity } = failure;
    if (code === 'unsupported') postAll = undefined;
    else if (code === 'rate-limited') {
      if (retryAfterMs >= timeoutMs - queue.waitedMs()) throw failure;
      queue.narrow();
      onRetry(failure.message);
      await delayUntilAborted(retryAfterMs, clock, signal);
    } else if (!retry.afterDelay && !retry.ambiguous) throw failure;
  };

  const deliverOldest = async (failure?: ChatError): Promise<void> => {
    const line = queue.oldest();
    if (!line) return;
    const earlier = { failure, waitedMs: queue.waitedMs() };
    const sent = await deliver(line.draft, { ...options, earlier });
    queue.takeOldest();
    onSent(line, sent);
  };

  for (;;) {
    if (!queue.oldest()) {
      const line = await readLine(signal);
      if (!line) break;
      queue.add(line);
    }
    try {
      const failure = postAll && (await post(postAll));
      if (failure) await recover(failure);
      if (failure || !postAll) await deliverOldest(failure);
    } catch (thrown) {
      const line = queue.oldest();
      throw line ? describe(line, thrown) : thrown;
    }
  }
  if (signal.aborted) throw new ChatError('cancelled', 'cancelled');
}

/**
 * The returned function reads a line: undefined at the end, and if none comes in time. A line that comes later is read by
 * the next call, and a failure of the input is thrown again.
 */
function createReader(
  lines: AsyncIterator<Line>,
  clock: Clock,
): (until: AbortSignal, waitMs?: number) => Promise<Line | undefined> {
  let next: Promise<IteratorResult<Line, unknown>> | undefined;
  return async (until, waitMs) => {
    const reading = (next ??= lines.next());
    // It may fail while no call waits for it.
    reading.catch(() => undefined);
    const read = await (waitMs === undefined
      ? raceAbort(until, reading)
      : withTimeout(waitMs, until, (inTime) => raceAbort(inTime, reading), clock));
    if (!read || read.done === true) return undefined;
    next = undefined;
    return read.value;
  };
}

/** The lines without an answer, oldest first: those in flight, then those to be sent. */
function createQueue(clock: Clock) {
  const lines: Line[] = [];
  let inFlight = 0;
  /** How many may be in flight. */
  let window = maxInFlight;
  /** Since when the oldest line is the oldest. */
  let oldestSinceMs = 0;

  const takeOldest = (): Line | undefined => {
    oldestSinceMs = clock.monotonicMs();
    return lines.shift();
  };

  return {
    oldest: (): Line | undefined => lines[0],
    /** How long the oldest line has waited for its answer. */
    waitedMs: () => clock.monotonicMs() - oldestSinceMs,
    isFull: () => inFlight >= window,
    add(line: Line): void {
      if (lines.length === 0) oldestSinceMs = clock.monotonicMs();
      lines.push(line);
    },
    /** The next line to send, if it may be sent now. */
    send(): Line | undefined {
      const line = inFlight < window ? lines[inFlight] : undefined;
      if (line) inFlight++;
      return line;
    },
    /** Another call sends all lines. */
    sendAgain(): void {
      inFlight = 0;
    },
    takeOldest,
    /** The line that an answer is about; undefined if none is in flight. */
    takeAnswered(): Line | undefined {
      if (inFlight === 0) return undefined;
      inFlight--;
      window = Math.min(window + 1, maxInFlight);
      return takeOldest();
    },
    /** One in flight; one more after each answer. */
    narrow(): void {
      window = 1;
    },
  };
}
