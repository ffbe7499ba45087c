import type { Clock } from '../../shared/clock.js';
import { pageSizes } from '../../shared/extension-codec.js';
import type { Message } from '../../shared/message.js';
import type { Connection } from '../connection/port.js';
import type { Extent } from './extent.js';
import { withPatience } from './with-patience.js';

/** What a search works with. */
export type SearchBack = {
  readonly connection: Pick<Connection, 'search'>;
  readonly text: string;
  readonly extent: Extent;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** The texts within an extent that hold `text` in any case, newest first, a page at a time. */
export async function* searchBack(search: SearchBack): AsyncGenerator<Message, void, void> {
  const { clock, signal } = search;
  const { after = 0, since = 0, count = Infinity, isCounted } = search.extent;
  let left = count;
  let place = 0;
  for (let isMore = left > 0; isMore && place !== 1;) {
    const page = await withPatience(() => readFinds(search, place), clock, signal);
    for (const message of page) {
      place = message.sequence;
      if (place <= after) return;
      if (message.timestamp < since || !isCounted(message)) continue;
      yield message;
      if (--left === 0) return;
    }
    // Senders' clocks differ a little, so one old message is not yet the end.
    isMore = page.length === pageSizes.most && page.some(({ timestamp }) => timestamp >= since);
  }
}

async function readFinds({ connection, text, signal }: SearchBack, before: number): Promise<Message[]> {
  const finds: Message[] = [];
  for await (const message of connection.search(text, before, pageSizes.most, signal)) finds.push(message);
  return finds;
}
