import { delayUntilAborted } from '../../shared/async/delay.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';

const maxWaitMs = 30_000;

/** Waits as long as the server asks before it repeats `call`, which must be harmless to repeat. */
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
