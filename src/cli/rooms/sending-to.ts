import type { Connection } from '../../client/connection/port.js';
import { lobby } from '../../shared/message.js';
import type { DeliveryOptions } from '../delivery/deliver.js';
import { explained, explainSingleRoom, findRoom, type RoomTarget } from './find-room.js';

/** A connection that finds the room with the first message, as part of its delivery, and sends all messages there. */
export function sendingTo(
  room: RoomTarget | undefined,
  replyTo: number | undefined,
  connection: Connection,
): DeliveryOptions['connection'] {
  // To the lobby as to a server without rooms.
  if (!room && replyTo === undefined) return connection;
  const { rooms } = connection;
  let found: number | undefined;
  return {
    subscribe: (...args) => connection.subscribe(...args),
    async send(draft, signal) {
      try {
        found ??= await explainSingleRoom(roomNumber(room, connection, signal), connection, signal);
        if (found === lobby && replyTo === undefined) return await connection.send(draft, signal);
        return await rooms.post({ room: found, replyTo, draft }, signal);
      } catch (thrown) {
        if (room?.type !== 'named') throw thrown;
        throw explained(thrown, room.name, {
          'not-permitted': `To become a member of an open room: chat rooms join ${room.name}`,
        });
      }
    },
    get logId() {
      return connection.logId;
    },
  };
}

async function roomNumber(
  room: RoomTarget | undefined,
  { rooms }: Connection,
  signal: AbortSignal,
): Promise<number> {
  if (!room) return lobby;
  const found = room.type === 'named' ? findRoom(rooms, room.name, signal) : rooms.direct(room.names, signal);
  return (await found).number;
}
