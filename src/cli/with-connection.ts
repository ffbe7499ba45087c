import type { AddressList } from '../client/connection/address.js';
import type { Connection } from '../client/connection/port.js';
import { exitCodes } from './exit-codes.js';
import { obtainCredentials, type LoginFlags } from './login/login.js';
import {
  confirmOnTerminal,
  connectTimeoutMs,
  openConnection,
  withNextStep,
  type OpenOptions,
  type TrustFlags,
} from './open-connection.js';
import type { Shell } from './shell.js';
import { untilSignal } from './signals.js';

/** Where to, and as whom. */
export type ConnectionSettings = Partial<
  Pick<OpenOptions, 'timeoutMs' | 'sendTimeoutMs' | 'onUnreadable'>
> & {
  readonly addresses: AddressList;
  readonly flags: LoginFlags & TrustFlags;
};

/** What a verb does its work with; `signal` aborts when the process is to end. */
export type Connected = {
  readonly connection: Connection;
  readonly user: string;
  readonly signal: AbortSignal;
};

/**
 * Asks for what is missing to log in, connects, runs `action` and closes the connection. Gives the exit code: 0, or
 * that of the signal that ended it. A failure to reach the server says the next step.
 */
export function withConnection(
  { addresses, flags, timeoutMs = connectTimeoutMs, ...settings }: ConnectionSettings,
  shell: Shell,
  action: (connected: Connected) => Promise<void>,
): Promise<number> {
  return untilSignal(shell, async (signal) => {
    const credentials = await obtainCredentials(flags, shell);
    try {
      const confirm = confirmOnTerminal(shell);
      const options = { ...settings, addresses, credentials, flags, timeoutMs, confirm };
      const connection = await openConnection(options, shell);
      try {
        await action({ connection, user: credentials.user, signal });
      } finally {
        connection.close();
      }
    } catch (error) {
      throw withNextStep(error, addresses);
    }
    return exitCodes.done;
  });
}
