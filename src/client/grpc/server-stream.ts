import type { ClientReadableStream, Metadata } from '@grpc/grpc-js';

/** What a streaming call yields: the initial metadata first, then messages. */
export type StreamPart =
  | { readonly type: 'metadata'; readonly metadata: Metadata }
  | { readonly type: 'message'; readonly bytes: Uint8Array };

/** Thrown where nothing came in time. */
export class NoFirstAnswer extends Error {}

/** How long the beginning of a stream is waited for. */
export type Patience = {
  /** Milliseconds. */
  readonly firstAnswerMs: number;
  /** Ends the waiting before its time. */
  readonly late: AbortSignal;
};

/**
 * Reads a streaming call, one message at a time: the next one is asked for when the last one was dealt with, so
 * a slow reader slows the server. Throws `NoFirstAnswer` where the patience ended without metadata, and whatever
 * grpc-js throws. Returns when the signal aborts or the server ends the call well.
 */
export async function* readStream(
  call: ClientReadableStream<Uint8Array>,
  signal: AbortSignal,
  { firstAnswerMs, late: given }: Patience,
): AsyncGenerator<StreamPart, void, void> {
  const cancel = (): void => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  // A cancelled call fails once more, after nobody reads it.
  call.on('error', () => undefined);
  const expiry = new AbortController();
  const late = AbortSignal.any([given, expiry.signal]);
  late.addEventListener('abort', cancel);
  const timer = setTimeout(() => expiry.abort(), firstAnswerMs);
  const answer = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
  const messages: AsyncIterator<Uint8Array> = call[Symbol.asyncIterator]();
  try {
    const first = messages.next();
    const metadata = await Promise.race([answer, first.then(() => undefined)]);
    clearTimeout(timer);
    if (metadata) yield { type: 'metadata', metadata };
    for (let step = await first; !step.done; step = await messages.next()) {
      yield { type: 'message', bytes: step.value };
    }
  } catch (thrown) {
    if (late.aborted) throw new NoFirstAnswer();
    if (!signal.aborted) throw thrown;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}
