import { setImmediate } from 'node:timers/promises';
import { decodeMessages } from '../../shared/codec.js';
import type { SearchQuery } from '../../shared/extension-codec.js';
import { contentType } from '../../shared/message.js';
import { decodeText } from '../../shared/text.js';
import type { Entry, MessageLog } from './message-log.js';

/** So much of the log is read and compared before others get their turn: a few milliseconds. */
const page = { count: 500, bytes: 1024 * 1024 } as const;

/** The entries whose text holds the query's in any case, newest first, as they are found. */
export async function* search(
  log: Pick<MessageLog, 'readBefore'>,
  { text, before, limit }: SearchQuery,
): AsyncGenerator<readonly Entry[], void, undefined> {
  const wanted = text.toLowerCase();
  let place = before;
  for (let left = limit; left > 0;) {
    const entries = await log.readBefore(place, page.count, page.bytes);
    const oldest = entries.at(-1);
    if (!oldest) return;
    const found = entries.filter((entry) => holds(entry, wanted)).slice(0, left);
    if (found.length > 0) yield found;
    left -= found.length;
    place = oldest.sequence;
    await setImmediate();
  }
}

function holds({ bytes }: Entry, wanted: string): boolean {
  return decodeMessages(bytes).some(
    ({ type, content }) => type === contentType.text && decodeText(content).toLowerCase().includes(wanted),
  );
}
