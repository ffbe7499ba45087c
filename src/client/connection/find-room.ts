import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { foldText } from '../../shared/fold-text.js';
import type { Page, RoomView } from '../../shared/room-answers.js';
import type { RoomCalls } from './port.js';

/** The name without `#`, in lower case as all names are. Throws `usage`. */
export function roomName(text: string): string {
  const name = text.replace(/^#/, '').toLowerCase();
  if (name !== '') return name;
  throw new ChatError('usage', 'the name of the room is empty');
}

const nameForm = /^[a-z0-9._-]{1,32}$/;

/** The name of a room to create or rename, in lower case and without `#`. Throws `usage`. */
export function newRoomName(given: string): string {
  const name = roomName(given);
  if (nameForm.test(name)) return name;
  throw new ChatError('usage', `${given} cannot be the name of a room`, {
    hint: 'Use 1 to 32 characters of a-z, 0-9, _ . and -',
  });
}

/**
 * Finds a room by its name, among archived ones too. A failure suggests the closest name that the user can see, or what
 * `otherwise` says.
 */
export async function findNamedRoom(
  rooms: Pick<RoomCalls, 'get' | 'list' | 'browse'>,
  name: string,
  otherwise: string,
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
    const closest = closestName(name, visible);
    throw new ChatError('no-such-room', `no such room: #${name}`, {
      hint: closest === undefined ? otherwise : `Did you mean #${closest}?`,
      cause: thrown,
    });
  }
}

/** Equal for the same users. */
export function nameSet(names: readonly string[]): string {
  return [...new Set(names.map(foldText))].sort().join(',');
}

/** Adds what to try next to a failure, unless it says so already. */
export function withNextStep(thrown: unknown, steps: Readonly<Partial<Record<ErrorCode, string>>>): unknown {
  const { code, message, hint } = ChatError.from(thrown);
  const step = steps[code];
  if (hint !== undefined || step === undefined) return thrown;
  return new ChatError(code, message, { hint: step, cause: thrown });
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
