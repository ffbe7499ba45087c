import type { RoomCalls } from '../../../client/connection/port.js';
import { retryWhenRateLimited } from '../../../client/connection/retry-when-rate-limited.js';
import { createRoomReader, type RoomReading } from '../../../client/feed/room-history.js';
import type { LineRoom } from '../../../client/lines/message-line.js';
import type { Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { plainPlacement, roomType, type Message } from '../../../shared/message.js';
import { lineRoom } from '../../rooms/find-room.js';

/** The messages of a range and the changes among them, oldest first, up to the newest at the start. */
export async function* readRoom(
  reading: Omit<RoomReading, 'rooms' | 'head'> & { readonly rooms: RoomCalls },
): AsyncGenerator<Message, void, void> {
  const { rooms, room, clock, signal } = reading;
  const [newest] = await retryWhenRateLimited(() => rooms.history(room, 0, 1, signal), clock, signal);
  if (!newest) return;
  const reader = createRoomReader({ ...reading, head: newest.sequence });
  for (let entry = await reader.next(); entry; entry = await reader.next()) {
    reader.take();
    yield entry;
  }
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
        return lineRoom({ number, name: '', type: roomType.open, participants: [] }, user, true);
      },
    );
    if (known.size < maxKnownRooms) known.set(number, room);
    return room;
  };
}
