import type { Connection, RoomCalls } from '../../../client/connection/port.js';
import { retryWhenRateLimited } from '../../../client/connection/retry-when-rate-limited.js';
import { findStart, type HistoryRange } from '../../../client/feed/history-range.js';
import type { LineRoom } from '../../../client/lines/message-line.js';
import type { Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { lobby, messageKind, plainPlacement, roomType, type Message } from '../../../shared/message.js';
import { pageSizes } from '../../../shared/message-queries.js';
import type { RoomView } from '../../../shared/room-answers.js';
import { findDirect, findRoom, roomLabel, type RoomTarget } from '../../rooms/find-room.js';

/** A room, and how to read it. */
export type RoomReading = {
  readonly rooms: RoomCalls;
  readonly room: number;
  readonly range: HistoryRange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** Does not create a direct room. */
export function findTarget(
  target: RoomTarget,
  { rooms }: Connection,
  user: string,
  signal: AbortSignal,
): Promise<RoomView> {
  return target.type === 'named'
    ? findRoom(rooms, target.name, signal)
    : findDirect(rooms, target.names, user, signal);
}

/** The messages of a range and the changes among them, oldest first, up to the newest at the start. */
export async function* readRoom(reading: RoomReading): AsyncGenerator<Message, void, void> {
  const { rooms, room, range, clock, signal } = reading;
  const { after = 0, since = 0, count = Infinity, isCounted } = range;
  const [newest] = await retryWhenRateLimited(() => rooms.history(room, 0, 1, signal), clock, signal);
  if (!newest) return;
  const head = newest.sequence;
  const counted = { ...range, isCounted: (entry: Message) => isMessage(entry) && isCounted(entry) };
  const connection: Pick<Connection, 'history'> = {
    history: (before, limit) => rooms.history(room, before, limit, signal),
  };
  const isWhole = range.since === undefined && range.count === undefined;
  let position = isWhole ? after : await findStart({ connection, head, range: counted, clock, signal });
  let left = count;
  while (position < head && left > 0) {
    const start = position;
    const read = () => rooms.historyAfter(room, start, pageSizes.max, signal);
    const page = await retryWhenRateLimited(read, clock, signal);
    if (page.length === 0) return;
    for (const entry of page) {
      position = entry.sequence;
      if (position > head) return;
      if (entry.timestamp < since || !isCounted(entry)) continue;
      yield entry;
      if (isMessage(entry) && --left === 0) return;
    }
  }
}

export function isMessage({ detail = plainPlacement }: Message): boolean {
  return detail.kind === messageKind.message;
}

/** `isLabelled`: plain lines name the room. */
export function lineRoom(room: RoomView, user: string, isLabelled: boolean): LineRoom {
  const name = room.type === roomType.direct ? room.participants.join(',') : room.name;
  return { name, number: room.number, ...(isLabelled && { label: roomLabel(room, user) }) };
}

const maxKnownRooms = 2000;

/** Finds the room of each message of a search in all rooms; each room is requested once. */
export function roomsOfMessages(
  rooms: RoomCalls,
  user: string,
  clock: Clock,
  signal: AbortSignal,
): (message: Message) => Promise<LineRoom> {
  const known = new Map<number, LineRoom>();
  return async ({ detail = plainPlacement }) => {
    const number = detail.room;
    const before = known.get(number);
    if (before) return before;
    const room = await retryWhenRateLimited(() => rooms.get(number, signal), clock, signal).then(
      (found) => lineRoom(found, user, true),
      (thrown: unknown): LineRoom => {
        // The user may have lost the room since the search.
        if (ChatError.from(thrown).code !== 'no-such-room') throw thrown;
        return { name: '', number, label: number === lobby ? '#lobby' : `#${number}` };
      },
    );
    if (known.size < maxKnownRooms) known.set(number, room);
    return room;
  };
}
