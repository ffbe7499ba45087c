import { messageKind } from '../../shared/message.js';
import { maxCounted } from '../../shared/room-answers.js';
import { summaryOf } from '../messages/entry-summary.js';
import type { Recent } from '../messages/message-log.js';
import type { FoldedLog } from './folded-log.js';

/** Counts messages in the log; no count is stored. */
export type UnreadCounts = {
  /**
   * How many messages in the room others than `reader` (a name) sent after `after` and up to `upTo`: at most
   * `maxCounted`. No promise if it is known from memory.
   */
  count(reader: string, room: number, after: number, upTo: number): number | Promise<number>;
};

/** The newest messages of a room, oldest first: all that follow `from`. */
type Newest = { from: number; messages: Recent[]; loading: Promise<void> | undefined };

/** Twice as many as are counted, so that they are cut off in bulk. */
const maxKept = 2 * maxCounted;
const messageKinds = [messageKind.message];

/** The newest messages of a room are in memory once they were sent or counted, since all its members count the same ones. */
export function createUnreadCounts(log: FoldedLog): UnreadCounts {
  const rooms = new Map<number, Newest>();
  const startedAt = log.head();

  const newestIn = (room: number): Newest => {
    const known = rooms.get(room);
    if (known) return known;
    const newest: Newest = { from: startedAt, messages: [], loading: undefined };
    rooms.set(room, newest);
    return newest;
  };

  log.onFolded(({ room, kind, sequence, bytes }) => {
    if (kind !== messageKind.message || sequence <= startedAt) return;
    const newest = newestIn(room);
    newest.messages.push({ sequence, sender: summaryOf(bytes).sender });
    if (newest.messages.length > maxKept) {
      const cut = newest.messages.splice(0, newest.messages.length - maxCounted);
      newest.from = cut.at(-1)?.sequence ?? newest.from;
    }
  });

  /** Adds older messages, one more page at each call. */
  const load = async (room: number, newest: Newest): Promise<void> => {
    const { from } = newest;
    const found = await log.recent(from + 1, maxCounted, { room, kinds: messageKinds });
    const visible = found.filter(({ sequence }) => !log.rooms.isVoid(sequence));
    // Otherwise those in between were cut off meanwhile.
    if (newest.from !== from) return;
    newest.messages.unshift(...visible.toReversed());
    newest.from = found.length < maxCounted ? 0 : (found.at(-1)?.sequence ?? 1) - 1;
  };

  const countKnown = ({ messages }: Newest, reader: string, after: number, upTo: number): number => {
    let count = 0;
    const oldest = log.oldest();
    for (let index = messages.length - 1; index >= 0 && count < maxCounted; index--) {
      const { sequence, sender } = messages[index] ?? { sequence: 0, sender: '' };
      if (sequence <= after || sequence < oldest) break;
      if (sequence <= upTo && sender !== reader) count++;
    }
    return count;
  };

  const countOlder = async (
    newest: Newest,
    [reader, room, after, upTo]: Parameters<UnreadCounts['count']>,
  ): Promise<number> => {
    for (;;) {
      newest.loading ??= load(room, newest).finally(() => (newest.loading = undefined));
      await newest.loading;
      const count = countKnown(newest, reader, after, upTo);
      if (count === maxCounted || after >= newest.from || newest.from < log.oldest()) return count;
    }
  };

  return {
    count(reader, room, after, upTo) {
      if ((log.rooms.get(room)?.newest ?? 0) <= after) return 0;
      const newest = newestIn(room);
      const count = countKnown(newest, reader, after, upTo);
      if (count === maxCounted || after >= newest.from) return count;
      return countOlder(newest, [reader, room, after, upTo]);
    },
  };
}
