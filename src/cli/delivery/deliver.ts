import type { Connection, Sent } from '../../client/connection/port.js';
import { fetchServerInfo } from '../../client/connection/server-info.js';
import { delayUntilAborted } from '../../shared/async/delay.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Draft } from '../../shared/message.js';
import { dedupeWindowMs } from '../../shared/message-rules.js';

/** What a delivery works with. */
export type DeliveryOptions = {
  readonly connection: Pick<Connection, 'send' | 'subscribe' | 'logId'>;
  readonly clock: Clock;
  /** How long a message may take, retries included, in milliseconds. */
  readonly timeout: number;
  /** How much longer the last attempt may take, for the bytes of a large message, in milliseconds. */
  readonly transferMs?: number;
  readonly signal: AbortSignal;
  /** Told before each wait, as a line for a person. */
  readonly onRetry: (reason: string) => void;
};

const firstDelay = 100;
const longestDelay = 2000;

/**
 * Delivers one message within the time. It tries again where the server surely has not taken the message (not
 * reached, busy, over the rate), and where an answer was lost only if the server remembers ids, in the same log: it
 * then tells a repeat from a new message. Any other failure is thrown at once.
 */
export async function deliver(draft: Draft, options: DeliveryOptions): Promise<Sent> {
  const { clock, timeout, transferMs = 0, signal } = options;
  return withTimeout(
    timeout + transferMs,
    signal,
    (untilExpiry) => tryUntil(untilExpiry, draft, options),
    clock,
  );
}

async function tryUntil(untilExpiry: AbortSignal, draft: Draft, options: DeliveryOptions): Promise<Sent> {
  const { connection, clock, timeout, transferMs = 0, signal, onRetry } = options;
  const expiresAt = clock.monotonicMs() + timeout;
  const startedAt = clock.now();
  let failure: ChatError | undefined;
  let lost: ChatError | undefined;
  /** The log that it may be in, where that is known: of several servers each is asked before it is used. */
  let lostIn: string | undefined;
  for (let delay = firstDelay; ; delay = Math.min(delay * 2, longestDelay)) {
    try {
      // By the wall clock: the other one may stop while this machine sleeps.
      const isForgotten = clock.now() - startedAt >= dedupeWindowMs;
      if (lost && (isForgotten || !(await remembersIds(connection, lostIn, untilExpiry)))) throw lost;
      return await connection.send(draft, untilExpiry);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const earlier = failure;
      failure = ChatError.from(thrown);
      if (failure === lost) throw lost;
      if (untilExpiry.aborted) throw lost ?? whenExpired(failure, earlier, timeout + transferMs);
      if (failure.code === 'may-not-have-arrived') {
        lost = failure;
        lostIn ??= connection.logId;
      }
      const wait = retryDelay(failure, delay);
      if (wait === undefined) throw lost && !failure.retry.rejectsMessage ? lost : failure;
      if (clock.monotonicMs() + wait >= expiresAt) throw lost ?? failure;
      onRetry(failure.message);
      await delayUntilAborted(wait, clock, untilExpiry);
    }
  }
}

/** A server that names its log keeps the ids of its messages, across restarts too, but not those of another log. */
async function remembersIds(
  connection: Pick<Connection, 'subscribe'>,
  lostIn: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { logId } = await fetchServerInfo(connection, signal);
  return logId !== undefined && (lostIn === undefined || lostIn === logId);
}

/** After how many milliseconds to try again; undefined: not at all. */
function retryDelay({ code, retry, retryAfterMs }: ChatError, delay: number): number | undefined {
  if (!retry.afterDelay) return undefined;
  if (code !== 'rate-limited') return delay;
  return retryAfterMs === undefined ? undefined : Math.max(retryAfterMs, 1);
}

/** What to report when the time is up: an attempt that was under way counts for more than one that failed earlier. */
function whenExpired(attempt: ChatError, earlier: ChatError | undefined, timeoutMs: number): ChatError {
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
