import type { ClientReadableStream, Metadata } from '@grpc/grpc-js';
import type { LetOthersRun } from './fair-share.js';
import type { FirstResponseTimer } from './first-response.js';

/** What a streaming call yields: the initial metadata first, then messages. */
export type StreamPart =
  | { readonly type: 'metadata'; readonly metadata: Metadata }
  | { readonly type: 'message'; readonly bytes: Uint8Array };

/** A slow reader slows the server. Throws `FirstResponseTimeout` and the errors of grpc-js, but not after an abort. */
export async function* readStream(
  call: ClientReadableStream<Uint8Array>,
  signal: AbortSignal,
  firstResponse: FirstResponseTimer,
  letOthersRun: LetOthersRun,
): AsyncGenerator<StreamPart, void, void> {
  const cancel = (): void => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  // A cancelled call emits one more error, when nothing reads it any more.
  call.on('error', () => undefined);
  firstResponse.over.addEventListener('abort', cancel);
  const answer = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
  const messages: AsyncIterator<Uint8Array> = call[Symbol.asyncIterator]();
  try {
    const first = messages.next();
    const metadata = await Promise.race([answer, first.then(() => undefined)]);
    firstResponse.end();
    if (metadata) yield { type: 'metadata', metadata };
    for (let step = await first; !step.done; step = await messages.next()) {
      yield { type: 'message', bytes: step.value };
      // Messages that are already buffered arrive without a turn of the event loop between them.
      await letOthersRun();
    }
  } catch (thrown) {
    firstResponse.over.throwIfAborted();
    if (!signal.aborted) throw thrown;
  } finally {
    firstResponse.end();
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}
