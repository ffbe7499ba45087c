import { ChatError } from '../../shared/errors.js';

/**
 * Hands on what an iterable yields, one at a time, until the signal aborts. `onEnd` gets the reason when it ends
 * by itself. Only the iterable's own errors are caught: one of `onValue` is a fault of this program.
 */
export async function follow<Value>(
  iterable: AsyncIterable<Value>,
  signal: AbortSignal,
  onValue: (value: Value) => void,
  onEnd: (reason: ChatError) => void,
): Promise<void> {
  const iterator = iterable[Symbol.asyncIterator]();
  for (;;) {
    const step = await iterator.next().catch((thrown: unknown) => ChatError.from(thrown));
    if (signal.aborted) break;
    if (step instanceof ChatError) {
      onEnd(step);
      return;
    }
    if (step.done) {
      onEnd(new ChatError('unreachable', 'the server ended the connection'));
      return;
    }
    onValue(step.value);
  }
  await iterator.return?.();
}
