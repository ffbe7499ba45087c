import type { StreamReader } from './stream-reader.js';
import type { StreamTail } from './stream-tail.js';

/**
 * Whether the stream still has the newest message that was shown here, and no other in its place: after a power cut or
 * a backup put back it may have given that sequence again. Rejects where NATS does not answer.
 */
export async function hasNewestShown({ head, recent }: StreamTail, read: StreamReader): Promise<boolean> {
  const sequence = head();
  const [shown] = recent.readBefore(sequence + 1, 1, Infinity);
  if (shown?.sequence !== sequence) return true;
  const only = { from: sequence, to: sequence, newestFirst: false, maxCount: 1, maxBytes: Infinity };
  const [stored] = await read(only);
  // Dropped for its age, perhaps.
  return !stored || Buffer.compare(stored.entry.bytes, shown.bytes) === 0;
}
