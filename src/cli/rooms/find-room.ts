import { findNamedRoom, nameSet, roomName, withNextStep } from '../../client/connection/find-room.js';
import type { Connection, RoomCalls } from '../../client/connection/port.js';
import { fetchServerInfo } from '../../client/connection/server-info.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { isSameName } from '../../shared/fold-text.js';
import { roomType } from '../../shared/message.js';
import type { RoomView } from '../../shared/room-answers.js';

/** The options `--room` and `--direct`. */
export type RoomFlags = { readonly room?: string; readonly direct?: string };

/** The room that the options name. */
export type RoomTarget =
  | { readonly type: 'named'; readonly name: string }
  | { readonly type: 'direct'; readonly names: readonly string[] };

/** Undefined without either option: the lobby. Throws `usage`. */
export function roomTarget({ room, direct }: RoomFlags): RoomTarget | undefined {
  if (room !== undefined && direct !== undefined)
    throw new ChatError('usage', 'only one of --room and --direct can be given');
  if (room !== undefined) return { type: 'named', name: roomName(room) };
  if (direct === undefined) return undefined;
  const names = direct.split(',').map((name) => name.trim().replace(/^@/, ''));
  if (names.includes('')) throw new ChatError('usage', '--direct takes names, separated by commas');
  return { type: 'direct', names };
}

/** Finds a room by its name, among archived ones too. A failure says what to try next. */
export function findRoom(
  rooms: Pick<RoomCalls, 'get' | 'list' | 'browse'>,
  name: string,
  signal: AbortSignal,
): Promise<RoomView> {
  const otherwise = 'See: chat rooms, and for the rooms that you can join: chat rooms browse';
  return findNamedRoom(rooms, name, otherwise, signal);
}

/** The direct room of the user with these users, if it exists. */
export async function findDirect(
  rooms: Pick<RoomCalls, 'list'>,
  names: readonly string[],
  user: string,
  signal: AbortSignal,
): Promise<RoomView> {
  const wanted = nameSet([...names, user]);
  const found = (await rooms.list(signal)).rooms.find(
    ({ type, participants }) => type === roomType.direct && nameSet(participants) === wanted,
  );
  if (found) return found;
  throw new ChatError('no-such-room', `you have no direct messages with ${names.join(', ')}`, {
    hint: `Start with: chat send --direct ${names.join(',')} TEXT`,
  });
}

/** `#ops`, or `@ann,bob` for the direct room with them. Not sanitised. */
export function roomLabel({ type, name, participants }: RoomView, user: string): string {
  if (type !== roomType.direct) return `#${name}`;
  const others = participants.filter((participant) => !isSameName(participant, user));
  return `@${(others.length > 0 ? others : participants).join(',')}`;
}

/** Adds what to try next to a failure because of the room `name`, unless it says so already. */
export function explained(
  thrown: unknown,
  name: string,
  steps: Readonly<Partial<Record<ErrorCode, string>>>,
): unknown {
  const archived = `A moderator can open it again: chat rooms unarchive ${name}`;
  return withNextStep(thrown, { ...steps, 'room-archived': archived });
}

/** A server that knows no rooms may be no chat server at all: the call then fails with that reason. */
export async function explainSingleRoom<Value>(
  call: Promise<Value>,
  connection: Pick<Connection, 'subscribe'>,
  signal: AbortSignal,
): Promise<Value> {
  return call.catch(async (thrown: unknown) => {
    if (ChatError.from(thrown).code === 'unsupported') await fetchServerInfo(connection, signal);
    throw thrown;
  });
}
