import { allPages } from '../../../client/connection/find-room.js';
import type { RoomCalls } from '../../../client/connection/port.js';
import { lobby, roomType } from '../../../shared/message.js';
import type { ServerFlags, ServerSettings } from '../../config/server-settings.js';
import { openConnection } from '../../connection/open-connection.js';
import type { IO } from '../../io/io.js';
import { givenPassword } from '../../login/credentials.js';
import { isName, type Names } from './complete.js';

const timeoutMs = 10_000;
const maxRooms = 1000;
const maxAccounts = 2000;

/**
 * Undefined without a password. Asks nothing: not the user, and not the program of `--password-command`, which could open
 * a window while the user types.
 */
export async function fetchNames(
  { addresses, flags }: ServerSettings<ServerFlags>,
  user: string,
  io: IO,
): Promise<Names | undefined> {
  const isAsking = flags.passwordStdin === true || flags.passwordCommand !== undefined;
  const password = isAsking ? undefined : await givenPassword(flags, io);
  if (password === undefined) return undefined;
  const options = { addresses, credentials: { user, password }, flags, timeoutMs, confirm: undefined };
  const connection = await openConnection(
    { ...options, sendTimeoutMs: timeoutMs, warn: () => undefined },
    io,
  );
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return {
      rooms: await roomNames(connection.rooms, signal),
      accounts: await accountNames(connection.rooms, signal),
    };
  } finally {
    connection.close();
  }
}

async function roomNames(rooms: RoomCalls, signal: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  const own = (await rooms.list(signal)).rooms.filter(({ type }) => type !== roomType.direct);
  for (const { name } of own) names.add(name);
  for await (const page of allPages((after) => rooms.browse('', after, signal))) {
    for (const { name, archived } of page) if (!archived) names.add(name);
    if (names.size >= maxRooms) break;
  }
  return offered(names, maxRooms);
}

/** All accounts are members of the lobby. */
async function accountNames(rooms: RoomCalls, signal: AbortSignal): Promise<string[]> {
  const names = new Set<string>();
  for await (const page of allPages((after) => rooms.members(lobby, after, signal))) {
    for (const { name } of page) names.add(name);
    if (names.size >= maxAccounts) break;
  }
  return offered(names, maxAccounts);
}

function offered(names: ReadonlySet<string>, max: number): string[] {
  return [...names].filter(isName).slice(0, max).sort();
}
