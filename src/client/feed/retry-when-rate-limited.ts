import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { delayUntilAborted } from '../../shared/async/delay.js';

const maxWaitMs = 30_000;

/** `call` must be read-only. */
export async function retryWhenRateLimited<Value>(
  call: () => Promise<Value>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Value> {
  for (;;) {
    try {
      return await call();
    } catch (thrown) {
      const { code, retryAfterMs } = ChatError.from(thrown);
      if (code !== 'rate-limited' || retryAfterMs === undefined || signal.aborted) throw thrown;
      await delayUntilAborted(Math.min(Math.max(retryAfterMs, 1), maxWaitMs), clock, signal);
    }
  }
}
