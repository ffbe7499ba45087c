import type { AddressList } from '../../client/connection/address.js';
import type { Connection } from '../../client/connection/port.js';
import { exitCodes } from '../io/exit.js';
import type { LoginFlags, TrustFlags } from '../options/command-options.js';
import { obtainCredentials } from '../login/credentials.js';
import {
  confirmOnTerminal,
  connectTimeoutMs,
  openConnection,
  withHint,
  type OpenOptions,
} from './open-connection.js';
import { type IO, untilSignal } from '../io/io.js';

/** The servers, the login and the time limits. */
export type ConnectionSettings = Partial<
  Pick<OpenOptions, 'timeoutMs' | 'sendTimeoutMs' | 'onUnreadable'>
> & {
  readonly addresses: AddressList;
  readonly flags: LoginFlags & TrustFlags;
};

/** What a command works with. `signal` aborts when the process is to exit. */
export type Connected = {
  readonly connection: Connection;
  readonly user: string;
  readonly signal: AbortSignal;
};

/** Logs in, runs `action` and closes the connection. Resolves to 0, or to the exit code of the signal that ended it. */
export function withConnection(
  { addresses, flags, timeoutMs = connectTimeoutMs, ...settings }: ConnectionSettings,
  io: IO,
  action: (connected: Connected) => Promise<void>,
): Promise<number> {
  return untilSignal(io, async (signal) => {
    const credentials = await obtainCredentials(flags, io);
    try {
      const confirm = confirmOnTerminal(io);
      const options = { ...settings, addresses, credentials, flags, timeoutMs, confirm };
      const connection = await openConnection(options, io);
      try {
        await action({ connection, user: credentials.user, signal });
      } finally {
        connection.close();
      }
    } catch (error) {
      throw withHint(error, addresses);
    }
    return exitCodes.done;
  });
}
