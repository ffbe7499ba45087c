import { decodeMessages } from '../../shared/codec.js';
import { lobby } from '../../shared/message.js';
import type { DecodedEntry, Entry, MessageLog } from './message-log.js';

/** So much of a log is read and looked at before others get their turn: a few milliseconds. */
export const pageSize = { maxCount: 500, maxBytes: 1024 * 1024 } as const;

/** Reads the messages of the lobby from `before` (exclusive; 0: from the newest) on, page by page, newest first. */
export async function* pagesBefore(
  log: Pick<MessageLog, 'readBefore'>,
  before: number,
): AsyncGenerator<readonly DecodedEntry[], void, undefined> {
  let place = before;
  for (;;) {
    const entries = await log.readBefore(place, pageSize.maxCount, pageSize.maxBytes, lobby);
    const oldest = entries.at(-1);
    if (!oldest) return;
    yield decodedEntries(entries);
    place = oldest.sequence;
  }
}

/** Entries as a log gives them, with their messages. */
export function decodedEntries(entries: readonly Entry[]): readonly DecodedEntry[] {
  return entries.flatMap((entry) => decodeMessages(entry.bytes).map((message) => ({ ...entry, message })));
}
