import { mentionedNames } from '../../client/connection/mentioned-names.js';
import type { Connection, Post, PostAnswer } from '../../client/connection/port.js';
import { ChatError } from '../../shared/errors.js';
import { lobby, type Draft } from '../../shared/message.js';
import type { ManyConnection } from '../delivery/deliver-all.js';
import { explained, explainSingleRoom, findRoom, type RoomTarget } from './find-room.js';

/** A connection that finds the room with the first message, as part of its delivery, and sends all messages there. */
export function sendingTo(
  room: RoomTarget | undefined,
  replyTo: number | undefined,
  connection: Connection,
): ManyConnection {
  const { rooms } = connection;
  // To the lobby as to a server without rooms.
  const isPlain = !room && replyTo === undefined;
  let found: number | undefined = isPlain ? lobby : undefined;

  async function find(signal: AbortSignal): Promise<number> {
    found ??= await explainSingleRoom(roomNumber(room, connection, signal), connection, signal);
    return found;
  }

  function postOf(draft: Draft, number: number): Post {
    return { room: number, replyTo, mentions: isPlain ? [] : mentionedNames(draft), draft };
  }

  function explain(thrown: unknown): unknown {
    if (room?.type !== 'named') return thrown;
    return explained(thrown, room.name, {
      'not-permitted': `To become a member of an open room: chat rooms join ${room.name}`,
    });
  }

  return {
    subscribe: (...args) => connection.subscribe(...args),
    async send(draft, signal) {
      try {
        if (isPlain) return await connection.send(draft, signal);
        return await rooms.post(postOf(draft, await find(signal)), signal);
      } catch (thrown) {
        throw explain(thrown);
      }
    },
    async *postAll(drafts, signal): AsyncGenerator<PostAnswer, void, void> {
      const number = await find(signal);
      async function* posts(): AsyncGenerator<Post, void, void> {
        for await (const draft of drafts) yield postOf(draft, number);
      }
      for await (const answer of connection.postAll(posts(), signal)) {
        const { rejection } = answer;
        yield rejection ? { ...answer, rejection: ChatError.from(explain(rejection)) } : answer;
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
