import type { Address } from '../../../client/connection/address.js';
import { fetchServerInfo } from '../../../client/connection/server-info.js';
import type { Credentials, Opened } from '../../../client/connection/port.js';
import { formatByteSize } from '../../../shared/byte-size.js';
import { roomType } from '../../../shared/message.js';
import { exitCodes } from '../../io/exit.js';
import type { TrustFlags } from '../../options/command-options.js';
import { connectTimeoutMs, openConnection, withHint } from '../../connection/open-connection.js';
import type { IO } from '../../io/io.js';
import { failedFinding, type Finding } from './finding.js';

/** The server and the login to try. */
export type LoginTrial = {
  readonly address: Address;
  readonly credentials: Credentials;
  readonly flags: TrustFlags;
};

/** The results and, after a login, the log id of the server. */
export type LoginFinding = { readonly findings: readonly Finding[] } & (
  { readonly isLoggedIn: true; readonly logId: string | undefined } | { readonly isLoggedIn: false }
);

/** Tries to log in to a server. */
export async function checkLogin(trial: LoginTrial, io: IO, signal: AbortSignal): Promise<LoginFinding> {
  const { address, credentials } = trial;
  try {
    const opened = await logIn(trial, io, signal);
    const { user } = credentials;
    const findings = [loginFinding(user, opened), roomsFinding(user, opened)];
    return { findings, isLoggedIn: true, logId: opened.logId };
  } catch (thrown) {
    return { findings: [failedFinding('login', withHint(thrown, [address]))], isLoggedIn: false };
  }
}

/** Whether several servers are servers of one room, which have the same log id. */
export function compareLogs(logs: readonly (string | undefined)[]): Finding[] {
  if (logs.length < 2) return [];
  const about = 'room';
  const isOne = logs.every((log) => log !== undefined && log === logs[0]);
  if (isOne) return [{ about, status: 'ok', text: 'these servers share one room' }];
  const advice = 'List only servers of one room: those that run with the same --store nats://…';
  const text = 'these servers do not share a room';
  return [{ about, status: 'bad', text, advice, exitCode: exitCodes.usage }];
}

async function logIn(
  { address, credentials, flags }: LoginTrial,
  io: IO,
  signal: AbortSignal,
): Promise<Opened> {
  const timeoutMs = connectTimeoutMs;
  const connection = await openConnection(
    { addresses: [address], credentials, flags, timeoutMs, confirm: undefined },
    io,
  );
  try {
    return await fetchServerInfo(connection, signal, { rooms: true });
  } finally {
    connection.close();
  }
}

function loginFinding(user: string, { logId, maxImageBytes }: Opened): Finding {
  const about = 'login';
  if (logId === undefined) {
    return {
      about,
      status: 'note',
      text: `${user} can log in; the server has no history, search or presence`,
      advice: 'A message whose answer is lost is not sent again.',
    };
  }
  const limit = maxImageBytes === undefined ? '' : `; images up to ${formatByteSize(maxImageBytes)}`;
  return { about, status: 'ok', text: `${user} can log in${limit}` };
}

function roomsFinding(user: string, { hasRooms, roomList }: Opened): Finding {
  const about = 'rooms';
  if (!hasRooms || !roomList) return { about, status: 'note', text: 'the server has a single room' };
  const direct = roomList.rooms.filter(({ type }) => type === roomType.direct).length;
  const others = roomList.rooms.length - direct;
  const directs = direct === 0 ? '' : ` and ${direct} direct ${direct === 1 ? 'room' : 'rooms'}`;
  const rooms = `${others} ${others === 1 ? 'room' : 'rooms'}`;
  return { about, status: 'ok', text: `${user} is in ${rooms}${directs}` };
}
