import { ulid } from 'ulid';
import { allPages, closestName, newRoomName, roomName } from '../../../client/connection/find-room.js';
import type { RoomCalls } from '../../../client/connection/port.js';
import { retryWhenRateLimited } from '../../../client/connection/retry-when-rate-limited.js';
import { sanitiseLine } from '../../../client/terminal/text/sanitise.js';
import { systemClock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { past, roomType } from '../../../shared/message.js';
import type { RoomView } from '../../../shared/room-answers.js';
import { serverSettings } from '../../config/server-settings.js';
import { withConnection } from '../../connection/with-connection.js';
import type { IO } from '../../io/io.js';
import { printMembers, printRooms } from './print-rooms.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import { parseChoice } from '../../options/option-values.js';
import { explained, explainSingleRoom, findRoom } from '../../rooms/find-room.js';

/** The options of `chat rooms` and its subcommands as given. */
export type RoomsFlags = LoginFlags &
  TrustFlags & {
    readonly to?: string;
    readonly json?: boolean;
    readonly debug?: boolean;
  };

/** The options of `chat rooms create`. */
export type CreateFlags = RoomsFlags & {
  readonly closed?: boolean;
  readonly past?: string;
  readonly topic?: string;
  readonly member?: readonly string[];
};

/** What a subcommand works with. */
type Work = {
  readonly rooms: RoomCalls;
  readonly user: string;
  readonly signal: AbortSignal;
  readonly flags: RoomsFlags;
  readonly io: IO;
};

async function withRooms(flags: RoomsFlags, io: IO, action: (work: Work) => Promise<void>): Promise<number> {
  const { addresses, flags: complete } = await serverSettings(flags.to, flags, io);
  return withConnection({ addresses, flags: complete }, io, ({ connection, user, signal }) => {
    const rooms = patient(connection.rooms, addresses.length, signal);
    return explainSingleRoom(action({ rooms, user, signal, flags, io }), connection, signal);
  });
}

/**
 * Waits as long as the server asks, and tries each server once. Repeating a call is harmless: its arguments are the same,
 * with the same id.
 */
function patient(rooms: RoomCalls, servers: number, signal: AbortSignal): RoomCalls {
  async function onAnyServer<Value>(call: () => Promise<Value>): Promise<Value> {
    for (let left = servers - 1; ; left--) {
      try {
        return await call();
      } catch (thrown) {
        if (left <= 0 || signal.aborted || !ChatError.from(thrown).retry.otherServer) throw thrown;
      }
    }
  }
  const again = <Value>(call: () => Promise<Value>): Promise<Value> =>
    retryWhenRateLimited(() => onAnyServer(call), systemClock, signal);
  return {
    ...rooms,
    list: (...args) => again(() => rooms.list(...args)),
    browse: (...args) => again(() => rooms.browse(...args)),
    get: (...args) => again(() => rooms.get(...args)),
    members: (...args) => again(() => rooms.members(...args)),
    create: (...args) => again(() => rooms.create(...args)),
    update: (...args) => again(() => rooms.update(...args)),
    join: (...args) => again(() => rooms.join(...args)),
    leave: (...args) => again(() => rooms.leave(...args)),
    invite: (...args) => again(() => rooms.invite(...args)),
    remove: (...args) => again(() => rooms.remove(...args)),
  };
}

/** `chat rooms`. */
export function listRooms(words: readonly string[], flags: RoomsFlags, io: IO): Promise<number> {
  const [word] = words;
  if (word !== undefined) throw unknownCommand(word);
  return withRooms(flags, io, async (work) => {
    printRooms((await work.rooms.list(work.signal)).rooms, work);
  });
}

const subcommands = [
  ...['browse', 'create', 'join', 'leave', 'members', 'topic', 'rename'],
  ...['archive', 'unarchive', 'invite', 'remove'],
];

function unknownCommand(word: string): ChatError {
  const closest = closestName(word, subcommands);
  return new ChatError('usage', `unknown command '${word}'`, {
    hint: closest === undefined ? 'See: chat rooms --help' : `Did you mean ${closest}?`,
  });
}

/** `chat rooms browse`. */
export function browseRooms(prefix: string | undefined, flags: RoomsFlags, io: IO): Promise<number> {
  const name = prefix === undefined ? '' : roomName(prefix);
  return withRooms(flags, io, async (work) => {
    const { rooms, signal } = work;
    for await (const page of allPages((after) => rooms.browse(name, after, signal))) printRooms(page, work);
  });
}

/** `chat rooms members`. */
export function listMembers(room: string, flags: RoomsFlags, io: IO): Promise<number> {
  return withRoom(room, flags, io, async (found, { rooms, signal }) => {
    for await (const page of allPages((after) => rooms.members(found.number, after, signal))) {
      printMembers(page, found, { flags, io });
    }
  });
}

/** `chat rooms create`. */
export function createRoom(given: string, flags: CreateFlags, io: IO): Promise<number> {
  const name = newRoomName(given);
  if (flags.past !== undefined && !flags.closed) {
    throw new ChatError('usage', '--past is for closed rooms: everyone can read all of an open one', {
      hint: 'Add --closed, or leave out --past.',
    });
  }
  const reach = parseChoice('--past', flags.past ?? 'none', ['all', 'none']);
  const room = {
    name,
    topic: flags.topic ?? '',
    type: flags.closed ? roomType.closed : roomType.open,
    past: reach === 'all' ? past.all : past.fromJoining,
    members: flags.member ?? [],
    id: ulid(),
  };
  return withRooms(flags, io, async ({ rooms, signal }) => {
    await explainRoom(name, rooms.create(room, signal));
    done(`created #${name}`, io);
  });
}

/** Adds what to try next if the call fails because of the room `name`. */
function explainRoom<Value>(name: string, call: Promise<Value>): Promise<Value> {
  return call.catch((thrown: unknown) => {
    throw explained(thrown, name, {
      'already-exists': 'Choose another name; a closed room that you cannot see may have this one.',
      'not-permitted': `Its moderators: chat rooms members ${name}`,
    });
  });
}

/** `chat rooms join`. */
export function joinRoom(room: string, flags: RoomsFlags, io: IO): Promise<number> {
  return withRoom(room, flags, io, async ({ number }, { rooms, signal }, label) => {
    await rooms.join(number, signal);
    done(`joined ${label}`, io);
  });
}

/** `chat rooms leave`. */
export function leaveRoom(room: string, flags: RoomsFlags, io: IO): Promise<number> {
  return withRoom(room, flags, io, async ({ number }, { rooms, signal }, label) => {
    await rooms.leave(number, signal);
    done(`left ${label}`, io);
  });
}

/** `chat rooms topic`, `rename`, `archive` and `unarchive`. */
export function updateRoom(
  room: string,
  change: { readonly topic?: string; readonly name?: string; readonly archived?: boolean },
  flags: RoomsFlags,
  io: IO,
): Promise<number> {
  const { name } = change;
  const renamed = name === undefined ? {} : { name: newRoomName(name) };
  return withRoom(room, flags, io, async ({ number }, { rooms, signal }, label) => {
    await rooms.update({ ...change, ...renamed, room: number }, signal);
    done(changed(label, { ...change, ...renamed }), io);
  });
}

function changed(label: string, { topic, name, archived }: Parameters<typeof updateRoom>[1]): string {
  if (name !== undefined) return `renamed ${label} to #${name}`;
  if (topic !== undefined) return `${topic === '' ? 'removed' : 'set'} the topic of ${label}`;
  return `${archived ? 'archived' : 'opened'} ${label}${archived ? '' : ' again'}`;
}

/** `chat rooms invite` and `remove`: stops at the first failure. */
export function changeMembers(
  what: 'invite' | 'remove',
  room: string,
  names: readonly string[],
  flags: RoomsFlags,
  io: IO,
): Promise<number> {
  return withRoom(room, flags, io, async ({ number }, { rooms, signal }, label) => {
    for (const given of names) {
      const name = given.replace(/^@/, '');
      await rooms[what]({ room: number, name }, signal);
      done(what === 'invite' ? `added ${name} to ${label}` : `removed ${name} from ${label}`, io);
    }
  });
}

function withRoom(
  given: string,
  flags: RoomsFlags,
  io: IO,
  action: (room: RoomView, work: Work, label: string) => Promise<void>,
): Promise<number> {
  const name = roomName(given);
  return withRooms(flags, io, async (work) => {
    const room = await findRoom(work.rooms, name, work.signal);
    await explainRoom(name, action(room, work, `#${name}`));
  });
}

function done(what: string, { stderr }: IO): void {
  stderr.write(`${sanitiseLine(what)}\n`);
}
