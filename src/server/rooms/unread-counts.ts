import { messageKind, type Participant } from '../../shared/message.js';
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
  count: CountInRoom;
  /**
   * The same, of those that mention the reader or all members. `afters`: by room. Of the mentions by name only the newest
   * `maxOwnMentions` are counted.
   */
  mentions(
    reader: Participant,
    afters: ReadonlyMap<number, number>,
    upTo: number,
  ): Promise<ReadonlyMap<number, number>>;
};

type CountInRoom = (reader: string, room: number, after: number, upTo: number) => number | Promise<number>;

const maxOwnMentions = 1000;
const mentionsPerRead = 100;
const messageKinds = [messageKind.message];

/** Of a log whose rooms are folded up to its head. */
export function createUnreadCounts(log: FoldedLog): UnreadCounts {
  const messages = createNewest(log, (room, before, maxCount) =>
    log.recent(before, maxCount, { room, kinds: messageKinds }),
  );
  const toAll = createNewest(log, (room, before, maxCount) =>
    log.mentions({ allOf: room }, before, maxCount),
  );

  log.onFolded(({ room, kind, sequence, bytes }) => {
    if (kind !== messageKind.message) return;
    const { sender, mentionsAll } = summaryOf(bytes);
    messages.push(room, { sequence, sender });
    if (mentionsAll) toAll.push(room, { sequence, sender });
  });

  /** Of mentions by name. */
  const ownMentions = async (
    { account, name }: Participant,
    afters: ReadonlyMap<number, number>,
    upTo: number,
  ): Promise<Map<number, number>> => {
    const counts = new Map<number, number>();
    const lowest = Math.min(...afters.values());
    let before = upTo + 1;
    for (let read = 0; before > lowest + 1 && read < maxOwnMentions; read += mentionsPerRead) {
      const found = await log.mentions({ account }, before, mentionsPerRead);
      for (const { sequence, room, sender } of found) {
        const isUnread = sequence > (afters.get(room) ?? Infinity) && sender !== name;
        if (isUnread && !log.rooms.isVoid(sequence) && !log.rooms.isDeleted(sequence))
          counts.set(room, (counts.get(room) ?? 0) + 1);
      }
      if (found.length < mentionsPerRead) break;
      before = found.at(-1)?.sequence ?? 0;
    }
    return counts;
  };

  return {
    count: messages.count,
    async mentions(reader, afters, upTo) {
      if (afters.size === 0) return new Map();
      const counts = await ownMentions(reader, afters, upTo);
      for (const [room, after] of afters) {
        const count = toAll.count(reader.name, room, after, upTo);
        const sum = (counts.get(room) ?? 0) + (typeof count === 'number' ? count : await count);
        counts.set(room, Math.min(sum, maxCounted));
      }
      return counts;
    },
  };
}

/** The newest messages of a room, oldest first: all that follow `from`. */
type Newest = { from: number; messages: Recent[]; loading: Promise<void> | undefined };

/** Twice as many as are counted, so that they are cut off in bulk. */
const maxKept = 2 * maxCounted;

/** What was sent or counted once is in memory, since all members of a room count the same messages. */
function createNewest(
  log: FoldedLog,
  read: (room: number, before: number, maxCount: number) => Promise<readonly Recent[]>,
) {
  const rooms = new Map<number, Newest>();
  const startedAt = log.head();

  const newestIn = (room: number): Newest => {
    const known = rooms.get(room);
    if (known) return known;
    const newest: Newest = { from: startedAt, messages: [], loading: undefined };
    rooms.set(room, newest);
    return newest;
  };

  /** Adds older messages, one more page at each call. */
  const load = async (room: number, newest: Newest): Promise<void> => {
    const { from } = newest;
    const found = await read(room, from + 1, maxCounted);
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
      // A message may be deleted after it was loaded.
      if (sequence <= upTo && sender !== reader && !log.rooms.isDeleted(sequence)) count++;
    }
    return count;
  };

  const countOlder = async (
    newest: Newest,
    [reader, room, after, upTo]: Parameters<CountInRoom>,
  ): Promise<number> => {
    for (;;) {
      newest.loading ??= load(room, newest).finally(() => (newest.loading = undefined));
      await newest.loading;
      const count = countKnown(newest, reader, after, upTo);
      if (count === maxCounted || after >= newest.from || newest.from < log.oldest()) return count;
    }
  };

  const count: CountInRoom = (reader, room, after, upTo) => {
    if ((log.rooms.get(room)?.newest ?? 0) <= after) return 0;
    const newest = newestIn(room);
    const known = countKnown(newest, reader, after, upTo);
    if (known === maxCounted || after >= newest.from) return known;
    return countOlder(newest, [reader, room, after, upTo]);
  };

  return {
    count,
    push(room: number, message: Recent): void {
      if (message.sequence <= startedAt) return;
      const newest = newestIn(room);
      newest.messages.push(message);
      if (newest.messages.length <= maxKept) return;
      const cut = newest.messages.splice(0, newest.messages.length - maxCounted);
      newest.from = cut.at(-1)?.sequence ?? newest.from;
    },
  };
}
