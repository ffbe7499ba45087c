import { fetchServerInfo } from '../../client/connection/server-info.js';
import type { Connection, RoomCalls } from '../../client/connection/port.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { foldText, isSameName } from '../../shared/fold-text.js';
import { roomType } from '../../shared/message.js';
import type { Page, RoomView } from '../../shared/room-answers.js';

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

/** The name without `#`, in lower case as all names are. Throws `usage`. */
export function roomName(text: string): string {
  const name = text.replace(/^#/, '').toLowerCase();
  if (name !== '') return name;
  throw new ChatError('usage', 'the name of the room is empty');
}

/** Finds a room by its name, among archived ones too. A failure suggests the closest name that the user can see. */
export async function findRoom(
  rooms: Pick<RoomCalls, 'get' | 'list' | 'browse'>,
  name: string,
  signal: AbortSignal,
): Promise<RoomView> {
  try {
    return await rooms.get(name, signal);
  } catch (thrown) {
    if (ChatError.from(thrown).code !== 'no-such-room') throw thrown;
    const { rooms: own } = await rooms.list(signal);
    // Names of archived rooms are free for others.
    const archived = own.findLast((room) => room.archived && room.name === name);
    if (archived) return archived;
    const open = (await rooms.browse('', '', signal)).items;
    const openOne = open.findLast((room) => room.archived && room.name === name);
    if (openOne) return openOne;
    const visible = [...own, ...open].filter((room) => !room.archived).map((room) => room.name);
    throw noSuchRoom(name, visible, thrown);
  }
}

function noSuchRoom(name: string, visible: readonly string[], cause: unknown): ChatError {
  const closest = closestName(name, visible);
  return new ChatError('no-such-room', `no such room: #${name}`, {
    hint:
      closest === undefined
        ? 'See: chat rooms, and for the rooms that you can join: chat rooms browse'
        : `Did you mean #${closest}?`,
    cause,
  });
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

function nameSet(names: readonly string[]): string {
  return [...new Set(names.map(foldText))].sort().join(',');
}

/** `#ops`, or `@ann,bob` for the direct room with them. Not sanitised. */
export function roomLabel({ type, name, participants }: RoomView, user: string): string {
  if (type !== roomType.direct) return `#${name}`;
  const others = participants.filter((participant) => !isSameName(participant, user));
  return `@${(others.length > 0 ? others : participants).join(',')}`;
}

/** Adds what to try next to a failure because of the room `name`, unless it says so already. */
export function withNextStep(
  thrown: unknown,
  name: string,
  steps: Readonly<Partial<Record<ErrorCode, string>>>,
): unknown {
  const archived = `A moderator can open it again: chat rooms unarchive ${name}`;
  const { code, message, hint } = ChatError.from(thrown);
  const step = code === 'room-archived' ? archived : steps[code];
  if (hint !== undefined || step === undefined) return thrown;
  return new ChatError(code, message, { hint: step, cause: thrown });
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

/** All items of the pages that `read` returns. Ends also if a page repeats the last one or is empty. */
export async function* allPages<Item>(
  read: (after: string) => Promise<Page<Item>>,
): AsyncGenerator<readonly Item[], void, void> {
  for (let after = ''; ;) {
    const { items, next } = await read(after);
    yield items;
    if (next === '' || next === after || items.length === 0) return;
    after = next;
  }
}

const maxDistance = 2;

/** The name that differs least, if it differs little. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Math.min(maxDistance, Math.ceil(name.length / 3)) + 1;
  for (const candidate of names) {
    // A longer difference in length is a longer distance.
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name, candidate);
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
}

/** Insertions, deletions, replacements and exchanges of neighbours. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length] ?? 0;
}
