import { decodeMessages } from '../../shared/codec.js';
import type { DecodedEntry, Entry, MessageLog, RoomFilter } from './message-log.js';

/** Takes a few milliseconds, after which other work gets its turn. */
export const pageSize = { maxCount: 500, maxBytes: 1024 * 1024 } as const;

/** The entries from `before` (exclusive; 0: from the newest) to the beginning of the log, newest first. */
export async function* pagesBefore(
  log: Pick<MessageLog, 'readBefore'>,
  before: number,
  of?: RoomFilter,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  let upper = before;
  for (;;) {
    const entries = await log.readBefore(upper, pageSize.maxCount, pageSize.maxBytes, of);
    const oldest = entries.at(-1);
    if (!oldest) return;
    yield decodedEntries(entries);
    upper = oldest.sequence;
  }
}

export function decodedEntries(entries: readonly Entry[]): readonly DecodedEntry[] {
  return entries.flatMap((entry) => decodeMessages(entry.bytes).map((message) => ({ ...entry, message })));
}
