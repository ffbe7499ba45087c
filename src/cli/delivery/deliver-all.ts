import type { Connection, Sent } from '../../client/connection/port.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { raceAbort } from '../../shared/async/race-abort.js';
import { ChatError } from '../../shared/errors.js';
import type { Draft } from '../../shared/message.js';
import { deliver, type DeliveryOptions } from './deliver.js';

/** One of many messages. */
export type Line = { readonly line: number; readonly draft: Draft };

/** `postAll` sends to the lobby. */
export type ManyConnection = DeliveryOptions['connection'] & Partial<Pick<Connection, 'postAll'>>;

type DeliverAllOptions = DeliveryOptions & {
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
 * delivered by itself, as `deliver` does, before the next ones are sent again with their ids.
 */
export async function deliverAll(lines: AsyncIterator<Line>, options: DeliverAllOptions): Promise<void> {
  const { connection, clock, timeoutMs, signal, onRetry, onSent, describe } = options;
  /** Oldest first. */
  const unanswered: Line[] = [];
  let next: Promise<IteratorResult<Line, unknown>> | undefined;
  let inputFailure: { readonly thrown: unknown } | undefined;
  let isAtEnd = false;
  let postAll = connection.postAll;
  let window = maxInFlight;
  let silent = false as boolean;
  let wakeFeed = (): void => undefined;

  /** False at the end of the input, and after `waitMs` without a line. */
  const readLine = async (waitMs: number, until: AbortSignal): Promise<boolean> => {
    if (isAtEnd) return false;
    next ??= lines.next();
    next.catch(() => undefined);
    try {
      const idle = new AbortController();
      const idling =
        waitMs === Infinity
          ? raceAbort(until, new Promise<undefined>(() => undefined))
          : delayUntilAborted(waitMs, clock, AbortSignal.any([idle.signal, until]));
      const read = await Promise.race([next, idling]);
      idle.abort();
      if (!read) return false;
      next = undefined;
      if (read.done === true) isAtEnd = true;
      else unanswered.push(read.value);
    } catch (thrown) {
      inputFailure = { thrown };
      isAtEnd = true;
    }
    return !isAtEnd;
  };

  async function* drafts(call: AbortSignal): AsyncGenerator<Draft, void, void> {
    for (let sent = 0; !call.aborted;) {
      const line = unanswered[sent - answered];
      if (line && sent - answered < window) {
        sent++;
        yield line.draft;
      } else if (line || sent - answered >= window)
        await new Promise<void>((resolve) => (wakeFeed = resolve));
      else if (!(await readLine(idleMs, call))) return;
    }
  }

  let answered = 0;
  /** Returns why the call ended early; undefined if all messages are answered. */
  const post = async (postAll: Connection['postAll']): Promise<ChatError | undefined> => {
    const call = new AbortController();
    const silence = { stop: (): void => undefined };
    const restart = (): void => {
      silence.stop();
      silence.stop = clock.after(timeoutMs, () => {
        if (unanswered.length === 0) return;
        silent = true;
        call.abort();
      });
    };
    answered = 0;
    restart();
    try {
      const until = AbortSignal.any([signal, call.signal]);
      for await (const { sequence, rejection } of postAll(drafts(until), until)) {
        if (rejection) return rejection;
        const line = unanswered.shift();
        answered++;
        window = Math.min(window + 1, maxInFlight);
        if (line) onSent(line, { sequence });
        restart();
        wakeFeed();
      }
      if (unanswered.length === 0 || signal.aborted) return undefined;
      // A server that ends the call has not read the rest.
      return call.signal.aborted
        ? unansweredIn(timeoutMs)
        : new ChatError('unreachable', 'the server ended the call');
    } catch (thrown) {
      return ChatError.from(thrown);
    } finally {
      silence.stop();
      call.abort();
      wakeFeed();
    }
  };

  const deliverOldest = async (): Promise<void> => {
    const [line] = unanswered;
    if (!line) return;
    const sent = await deliver(line.draft, options);
    unanswered.shift();
    onSent(line, sent);
  };

  while (unanswered.length > 0 || (await readLine(Infinity, signal))) {
    const [oldest] = unanswered;
    if (!oldest) continue;
    try {
      const failure = postAll && (await post(postAll));
      if (signal.aborted) throw cancelled();
      if (failure && silent) throw failure;
      if (failure?.code === 'unsupported') postAll = undefined;
      else if (failure?.code === 'rate-limited') {
        window = 1;
        onRetry(failure.message);
        if ((failure.retryAfterMs ?? Infinity) >= timeoutMs) throw failure;
        await delayUntilAborted(failure.retryAfterMs ?? 0, clock, signal);
      } else if (failure && !failure.retry.afterDelay && !failure.retry.ambiguous) throw failure;
      if (failure || !postAll) await deliverOldest();
    } catch (thrown) {
      throw describe(unanswered[0] ?? oldest, thrown);
    }
  }
  if (signal.aborted) throw new ChatError('cancelled', 'cancelled');
  if (inputFailure) throw inputFailure.thrown;
}

function cancelled(): ChatError {
  return new ChatError('may-not-have-arrived', 'cancelled: the message may not have arrived');
}

function unansweredIn(timeoutMs: number): ChatError {
  const text = `no answer within ${timeoutMs / 1000} s: the message may not have arrived`;
  return new ChatError('may-not-have-arrived', text, {
    hint: 'Look before you send it again, or allow more time with --timeout.',
  });
}
