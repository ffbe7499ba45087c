import type { Connection, Sent } from '../../client/connection/port.js';
import { fetchServerInfo } from '../../client/connection/server-info.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { dedupeWindowMs } from '../../shared/message-rules.js';
import type { Draft } from '../../shared/message.js';

/** The connection, the time limits and what to call before a retry. */
export type DeliveryOptions = CallOptions & { readonly connection: Pick<Connection, 'send'> };

/** As `DeliveryOptions`, for another call. */
export type CallOptions = {
  readonly connection: Pick<Connection, 'subscribe' | 'logId'>;
  readonly clock: Clock;
  /** Time limit of a message, including retries. */
  readonly timeoutMs: number;
  /** How much longer the last attempt may take, for the bytes of a large message. */
  readonly transferMs?: number;
  readonly signal: AbortSignal;
  /** Called before each retry, with the reason as a text for the user. */
  readonly onRetry: (reason: string) => void;
  /** An earlier attempt with the same connection, which counts for the time limit. */
  readonly earlier?: { readonly failure: ChatError | undefined; readonly waitedMs: number };
};

const initialDelayMs = 100;
const maxDelayMs = 2000;

/**
 * Delivers a message, with retries until the time limit. After a lost answer it retries only in the same log, on a server
 * that recognises repeated messages. Failures that no retry can change are thrown immediately.
 */
export function deliver(draft: Draft, options: DeliveryOptions): Promise<Sent> {
  return deliverCall((signal) => options.connection.send(draft, signal), options);
}

/** As `deliver`, for any call that sends an id by which the server recognises its repeats. */
export async function deliverCall(call: SendingCall, options: CallOptions): Promise<Sent> {
  const { clock, timeoutMs, transferMs = 0, signal, earlier } = options;
  return withTimeout(
    timeoutMs + transferMs - (earlier?.waitedMs ?? 0),
    signal,
    (untilExpiry) => tryUntil(untilExpiry, call, options),
    clock,
  );
}

type SendingCall = (signal: AbortSignal) => Promise<Sent>;

async function tryUntil(untilExpiry: AbortSignal, call: SendingCall, options: CallOptions): Promise<Sent> {
  const { connection, clock, timeoutMs, transferMs = 0, signal, onRetry } = options;
  const { waitedMs = 0, failure: first } = options.earlier ?? {};
  const expiresAt = clock.monotonicMs() + timeoutMs - waitedMs;
  const startedAt = clock.now();
  let failure = first;
  let unanswered = first?.code === 'may-not-have-arrived' ? first : undefined;
  /** The log that may contain the message: another server must have the same one. */
  let unansweredLogId = unanswered && connection.logId;
  for (let delayMs = initialDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    try {
      // By the wall clock, since the monotonic one may stop while this machine sleeps.
      const isForgotten = clock.now() - startedAt >= dedupeWindowMs;
      if (unanswered && (isForgotten || !(await remembersIds(connection, unansweredLogId, untilExpiry))))
        throw unanswered;
      return await call(untilExpiry);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const earlier = failure;
      failure = ChatError.from(thrown);
      if (failure === unanswered) throw unanswered;
      if (untilExpiry.aborted) throw unanswered ?? whenExpired(failure, earlier, timeoutMs + transferMs);
      if (failure.code === 'may-not-have-arrived') {
        unanswered = failure;
        unansweredLogId ??= connection.logId;
      }
      const waitMs = retryDelay(failure, delayMs);
      if (waitMs === undefined) throw unanswered && !failure.retry.rejectsMessage ? unanswered : failure;
      if (clock.monotonicMs() + waitMs >= expiresAt) throw unanswered ?? failure;
      onRetry(failure.message);
      await delayUntilAborted(waitMs, clock, untilExpiry);
    }
  }
}

/** A server with a log id recognises repeated messages of that log, also after a restart. */
async function remembersIds(
  connection: Pick<Connection, 'subscribe'>,
  unansweredLogId: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { logId } = await fetchServerInfo(connection, signal);
  return logId !== undefined && (unansweredLogId === undefined || unansweredLogId === logId);
}

/** The time until the next attempt; undefined: none. */
function retryDelay({ code, retry, retryAfterMs }: ChatError, delayMs: number): number | undefined {
  if (!retry.afterDelay) return undefined;
  if (code !== 'rate-limited') return delayMs;
  return retryAfterMs === undefined ? undefined : Math.max(retryAfterMs, 1);
}

/** The error after the time limit: the attempt in progress matters more than an earlier failure. */
export function whenExpired(
  attempt: ChatError,
  earlier: ChatError | undefined,
  timeoutMs: number,
): ChatError {
  const after = `within ${timeoutMs / 1000} s`;
  switch (attempt.code) {
    case 'may-not-have-arrived':
      return new ChatError(attempt.code, `no answer ${after}: the message may not have arrived`, {
        hint: 'Look before you send it again, or allow more time with --timeout.',
        cause: attempt,
      });
    case 'cancelled':
      return earlier ?? new ChatError('timed-out', `no server answered ${after}: the message was not sent`);
    default:
      return attempt;
  }
}

export function inLine(line: number, thrown: unknown): ChatError {
  return withContext(`line ${line}`, thrown);
}

/** Adds what a failure is about. */
export function withContext(what: string, thrown: unknown): ChatError {
  const { code, message, rows, hint, retryAfterMs, cause } = ChatError.from(thrown);
  return new ChatError(code, `${what}: ${message}`, {
    rows,
    ...(hint !== undefined && { hint }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause,
  });
}
