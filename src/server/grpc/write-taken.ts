import type { ResponseStream } from './grpc-handler.js';
import { onAbort } from '../async/on-abort.js';

/** Writes, and resolves when the bytes were taken; rejects with the signal's reason when it aborts. */
export async function writeTaken(
  response: ResponseStream,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason));
    response.write(bytes, () => {
      forget();
      resolve();
    });
  });
}
