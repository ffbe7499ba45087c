import { hostAndPort } from '../client/address.js';
import { openTrustStore } from '../client/grpc/trust-store.js';
import { ChatError } from '../shared/errors.js';
import { serverSettings } from './config/server-settings.js';
import { exitCodes } from './exit-codes.js';
import type { Shell } from './shell.js';
import { trustFile } from './standard-paths.js';

/** What stands on the command line of `chat trust`, as it was written. */
export type TrustVerbFlags = { readonly forget?: string; readonly debug?: boolean };

/** `chat trust list`: the servers whose certificate was confirmed here, `host:port` and fingerprint. */
export async function listTrusted(shell: Shell): Promise<number> {
  const servers = await openTrustStore(trustFile()).list();
  for (const [server, fingerprint] of servers) shell.stdout.write(`${server} ${fingerprint}\n`);
  return exitCodes.done;
}

/** `chat trust --forget ADDRESS`: the next connection asks again. */
export async function forgetTrusted({ forget }: TrustVerbFlags, shell: Shell): Promise<number> {
  if (forget === undefined) {
    throw new ChatError('usage', 'say what to do', {
      hint: 'Either chat trust list or chat trust --forget ADDRESS.',
    });
  }
  const server = hostAndPort((await serverSettings(forget, {}, shell)).address);
  if (!(await openTrustStore(trustFile()).forget(server))) {
    throw new ChatError('not-found', `no certificate of ${server} is kept here`, {
      hint: 'Those that are: chat trust list',
    });
  }
  shell.stderr.write(`forgot the certificate of ${server}\n`);
  return exitCodes.done;
}
