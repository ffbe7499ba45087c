import { findNamedRoom, nameSet, roomName, withNextStep } from '../../client/connection/find-room.js';
import type { Connection, RoomCalls } from '../../client/connection/port.js';
import { fetchServerInfo } from '../../client/connection/server-info.js';
import { retryWhenRateLimited } from '../../client/connection/retry-when-rate-limited.js';
import type { LineRoom } from '../../client/lines/message-line.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
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
async function findDirect(
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

/** The room that the options name. Does not create a direct room. */
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

/** What names a room. */
type NamedRoom = Pick<RoomView, 'number' | 'name' | 'type' | 'participants'>;

/** A room as lines name it; `isLabelled`: in plain lines too. */
export function lineRoom(room: NamedRoom, user: string, isLabelled: boolean): LineRoom {
  const name = room.type === roomType.direct ? room.participants.join(',') : room.name;
  return { name, number: room.number, ...(isLabelled && { label: roomLabel(room, user) }) };
}

/** So long a line waits for the name of its room. */
const nameTimeoutMs = 3000;

/** A room as unlabelled lines name it; undefined if the server has no rooms, or does not answer within a few seconds. */
export async function nameOfRoom(
  number: number,
  rooms: Pick<RoomCalls, 'get'>,
  { user, clock, signal }: { readonly user: string; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<LineRoom | undefined> {
  const find = async (inTime: AbortSignal): Promise<LineRoom | undefined> => {
    try {
      const get = () => rooms.get(number, inTime);
      return lineRoom(await retryWhenRateLimited(get, clock, inTime), user, false);
    } catch (thrown) {
      const { code } = ChatError.from(thrown);
      if (code === 'unsupported' || (inTime.aborted && !signal.aborted)) return undefined;
      // The user may have lost the room since.
      if (code === 'no-such-room') return { name: '', number };
      throw thrown;
    }
  };
  return withTimeout(nameTimeoutMs, signal, find, clock);
}

/** `#ops`, or `@ann,bob` for the direct room with them; `#4714` if the name is unknown. Not sanitised. */
export function roomLabel({ number, type, name, participants }: NamedRoom, user: string): string {
  if (type !== roomType.direct && name === '') return `#${number}`;
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
